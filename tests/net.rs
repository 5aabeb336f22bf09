//! Network namespaces of several subjects, through the program: veth, bridge, route, port, and what the guard refuses.

mod needs;
mod turns;

use serde_json::Value;
use turns::{last, turns};

/// Runs the lines, of which none may fail, and gives the last turn.
fn all_well(lines: &str) -> Value {
    let mut turns = turns(lines);
    for turn in &turns {
        let kind = turn["end"]["kind"].as_str().unwrap_or_default();
        assert!(kind == "done", "`{}`: {}", turn["line"], turn["end"]);
    }
    turns.pop().expect("a line was run")
}

/// Is this kernel so new? By uname(2).
fn kernel_at_least(major: u32, minor: u32) -> bool {
    let release = nix::sys::utsname::uname().expect("uname works").release().to_string_lossy().into_owned();
    let mut numbers = release.split(|c: char| !c.is_ascii_digit()).map(|word| word.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= (major, minor)
}

const CABLE: &str = "unshare net; link up lo; subject new b; unshare net; link up lo; subject use a; link add veth va peer vb@b; \
                     link up va; addr add 10.1.0.1/24 dev va; addr add fd01::1/64 dev va; subject use b; link up vb; \
                     addr add 10.1.0.2/24 dev vb; addr add fd01::2/64 dev vb;";

#[test]
fn two_subjects_talk_over_a_cable_in_both_families() {
    if !needs::root() {
        return;
    }
    all_well(&format!("{CABLE} ping 10.1.0.1; ping fd01::1; subject use a; ping 10.1.0.2; ping fd01::2"));
}

#[test]
fn three_subjects_talk_over_a_bridge_in_a_fourth() {
    if !needs::root() {
        return;
    }
    let mut lines = String::from("unshare net;");
    for name in ["b", "c", "d"] {
        lines += &format!("subject new {name}; unshare net; link up lo;");
    }
    lines += "subject use a; link add bridge br0; link up br0;";
    for (number, name) in ["b", "c", "d"].iter().enumerate() {
        let address = number + 2;
        lines += &format!("subject use a; link add veth p{name} peer eth0@{name}; link set p{name} master br0; link up p{name};");
        lines += &format!("subject use {name}; link up eth0; addr add 10.2.0.{address}/24 dev eth0;");
    }
    // The bridge's own address makes it a gateway for its ports.
    lines += "subject use a; addr add 10.2.0.1/24 dev br0;";
    lines += "subject use b; ping 10.2.0.3; ping 10.2.0.4; ping 10.2.0.1; subject use c; ping 10.2.0.4; listen 80; subject use d; connect 10.2.0.3 80";
    let turn = all_well(&lines);
    assert!(turn["notes"].to_string().contains("hello from PID"), "{turn}");
}

#[test]
fn a_gateway_forwards_only_when_its_namespace_says_so() {
    if !needs::root() {
        return;
    }
    let lines = "unshare net; link up lo; subject new r; unshare net; subject new b; unshare net; link up lo; subject use a; \
                 link add veth va peer ra@r; link up va; addr add 10.3.1.2/24 dev va; subject use b; link add veth vb peer rb@r; \
                 link up vb; addr add 10.3.2.2/24 dev vb; route add default via 10.3.2.1; subject use r; link up ra; link up rb; \
                 addr add 10.3.1.1/24 dev ra; addr add 10.3.2.1/24 dev rb; subject use a; route add default via 10.3.1.1";
    let shut = last(&format!("{lines}; ping 10.3.2.2 1"));
    assert_ne!(shut["end"]["kind"], "done", "{shut}");
    all_well(&format!("{lines}; subject use r; sysctl net.ipv4.ip_forward 1; subject use a; ping 10.3.2.2 3"));
    let host = std::fs::read_to_string("/proc/sys/net/ipv4/ip_forward").expect("it can be read");
    let inside = last("unshare net; sysctl net.ipv4.ip_forward 1; show --host /proc/sys/net/ipv4/ip_forward");
    assert!(inside["view"].to_string().contains(host.trim()), "{inside}");
}

#[test]
fn ports_belong_to_a_namespace() {
    if !needs::root() {
        return;
    }
    let twice = last("unshare net; listen 80; listen 80");
    assert_eq!(twice["end"]["errno"], "EADDRINUSE", "{twice}");
    all_well("unshare net; listen 80; subject new b; unshare net; listen 80");
    let other = last("unshare net; link up lo; listen 80; subject new b; unshare net; link up lo; connect 127.0.0.1 80");
    assert_eq!(other["end"]["errno"], "ECONNREFUSED", "{other}");
}

#[test]
fn in_the_hosts_namespace_only_loopback_is_listened_on() {
    let turn = last("listen 48123");
    if turn["end"]["kind"] == "done" {
        assert!(turn["calls"].to_string().contains("127.0.0.1"), "{turn}");
    } else {
        assert_eq!(turn["end"]["errno"], "EADDRINUSE", "{turn}");
    }
}

#[test]
fn nothing_is_changed_where_the_bench_does_not_own_the_namespace() {
    let refused = |lines: &str| {
        let turn = last(lines);
        assert_eq!(turn["end"]["kind"], "refused", "{lines}: {turn}");
        assert_eq!(turn["calls"], Value::Array(Vec::new()), "{lines}");
    };
    for line in [
        "link up lo",
        "link add bridge br0",
        "addr add 10.0.0.1/8 dev lo",
        "route add default via 10.0.0.1",
        "sysctl net.ipv4.ip_forward 1",
    ] {
        refused(line);
    }
    if !needs::root() {
        return;
    }
    refused("unshare net; subject new b; subject use a; link add veth va peer vb@b");
    refused(&format!("unshare net; link add veth va peer vb@{}", std::process::id()));
    refused(&format!("unshare net; link add bridge br0; link move br0 {}", std::process::id()));
}

#[test]
fn the_errno_is_in_the_answer_and_not_in_the_call() {
    if !needs::root() {
        return;
    }
    let turn = last("unshare net; link add bridge br0; link add bridge br0");
    assert_eq!(turn["end"]["errno"], "EEXIST");
    let calls = turn["calls"].as_array().expect("there are calls");
    let names: Vec<&str> = calls.iter().filter_map(|call| call["name"].as_str()).collect();
    assert_eq!(names, ["socket", "sendto", "recvfrom"]);
    assert!(calls.iter().all(|call| call["ret"].is_i64()), "{turn}");
    assert_eq!(calls[2]["args"][1]["reply"][1], 17, "{turn}");
}

#[test]
fn without_rights_over_the_others_namespace_no_cable_goes_there() {
    // Two user namespaces, side by side: neither subject has any right in the other's network namespace. Up to 6.12 the kernel asked only for
    // rights where the call is made, and laid the cable.
    if !kernel_at_least(6, 13) {
        eprintln!("skipped: needs Linux 6.13, which asks for rights at the other end");
        return;
    }
    let turn = last("unshare user net; subject new b; unshare user net; subject use a; link add veth va peer vb@b");
    assert_eq!(turn["end"]["errno"], "EPERM", "{turn}");
    // In one common user namespace both have.
    all_well("unshare user net; subject new b; setns a user; unshare net; subject use a; link add veth va peer vb@b; link up va");
}

#[test]
fn devices_end_with_their_namespace() {
    if !needs::root() {
        return;
    }
    let name = format!("bl{}", std::process::id() % 1_000_000);
    all_well(&format!("unshare net; link add veth {name} peer {name}p; reset"));
    let host = std::fs::read_to_string("/proc/net/dev").expect("it can be read");
    assert!(!host.contains(&name), "{host}");
}
