//! What the program is built from: only crates of the registry, each under a licence that lets it be given away under ours.

use serde_json::Value;
use std::process::Command;

/// The licences of deny.toml.
fn allowed() -> Vec<String> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/deny.toml")).expect("it is there");
    let line = text.lines().find_map(|line| line.strip_prefix("allow = [")).expect("it allows something");
    line.trim_end_matches(']').split(',').map(|name| name.trim().trim_matches('"').to_string()).collect()
}

/// Is this SPDX expression satisfied by what is allowed? `/` is an old way to write OR.
fn fits(expression: &str, allowed: &[String]) -> bool {
    let text = expression.replace('/', " OR ").replace(['(', ')'], "");
    // OR binds weaker than AND, but crates write `(A OR B) AND C`: every part that is joined by AND has to fit.
    text.split(" AND ").all(|part| part.split(" OR ").any(|one| allowed.iter().any(|name| name == one.trim())))
}

#[test]
fn every_crate_comes_from_the_registry_under_a_licence_that_is_allowed() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("a list");
    assert!(packages.len() > 50, "cargo named only {}", packages.len());
    let allowed = allowed();
    let mut wrong = Vec::new();
    for package in packages {
        let (name, licence, source) = (&package["name"], package["license"].as_str().unwrap_or(""), package["source"].as_str());
        if !fits(licence, &allowed) {
            wrong.push(format!("{name}: licence `{licence}`"));
        }
        // Ourselves have none.
        if source.is_some_and(|source| !source.starts_with("registry+")) || source.is_none() && name != "boxlab" {
            wrong.push(format!("{name}: from {source:?}"));
        }
    }
    println!("{} crates", packages.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_expression_is_read() {
    let allowed = ["MIT".to_string(), "Zlib".to_string()];
    for (text, is) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("GPL-3.0 OR MIT", true),
        ("GPL-3.0 AND MIT", false),
        ("Apache-2.0/MIT", true),
        ("", false),
    ] {
        assert_eq!(fits(text, &allowed), is, "{text}");
    }
    assert!(fits("(MIT OR Apache-2.0) AND Zlib", &allowed));
}
