//! What a test needs of the machine: the words of an example's or a lesson's `needs`. A skip is decided before, named, and an
//! error where BOXLAB_REQUIRE names it.

// Each test uses what it needs of this.
#![allow(dead_code)]

use boxlab::observe::cgroup::{Hierarchies, Version};
use std::path::Path;

/// The first of these words that is not there; None: all are. Panics where BOXLAB_REQUIRE names the word that is missing.
pub fn missing(needs: &str) -> Option<String> {
    let word = lacks(needs, nix::unistd::geteuid().is_root())?;
    let required = std::env::var("BOXLAB_REQUIRE").unwrap_or_default();
    assert!(!required.split(',').any(|one| one == word), "{word} is required and is not there");
    Some(word.to_string())
}

/// Does the test run as root? One that has to and does not says so, and is not counted as run.
pub fn root() -> bool {
    let missing = missing("root");
    if missing.is_some() {
        eprintln!("skipped: needs root");
    }
    missing.is_none()
}

/// The first of these words that is not there for root, or for an ordinary user.
pub fn lacks(needs: &str, root: bool) -> Option<&str> {
    needs.split_whitespace().find(|word| !has(word, root))
}

/// `fs:overlay`: the kernel has the filesystem; `tool:gcc`: PATH has the program; `linux:6.3`: the kernel is that or later.
fn has(word: &str, root: bool) -> bool {
    match word {
        "root" => root,
        "userns" => {
            root || std::fs::read_to_string("/proc/sys/kernel/unprivileged_userns_clone").map_or(true, |text| text.trim() == "1")
        }
        // Two, so that there is one to be left out.
        "cpus" => std::thread::available_parallelism().is_ok_and(|cpus| cpus.get() > 1),
        "landlock" => boxlab::kernel::Kernel::new().landlock_abi().is_ok(),
        "strace" | "tmux" => std::process::Command::new(word).arg("-V").output().is_ok(),
        // /etc/subuid lends this user some (subuid(5)).
        "subuid" => {
            let own = nix::unistd::geteuid().as_raw();
            !boxlab::observe::subordinate::subordinate(Path::new("/etc"), own)[0].is_empty()
        }
        word if word.starts_with("linux:") => word.strip_prefix("linux:").is_some_and(|oldest| release() >= numbers(oldest)),
        word if word.starts_with("cgroup") => has_cgroup(word),
        word if word.starts_with("tool:") => {
            let path = std::env::var("PATH").unwrap_or_default();
            path.split(':').any(|dir| word.strip_prefix("tool:").is_some_and(|name| Path::new(dir).join(name).exists()))
        }
        word if word.starts_with("fs:") => std::fs::read_to_string("/proc/filesystems")
            .is_ok_and(|list| list.split_whitespace().any(|name| Some(name) == word.strip_prefix("fs:"))),
        _ => true,
    }
}

/// The numbers of `6.18.44-fc`, as far as they go.
fn numbers(text: &str) -> Vec<u32> {
    text.split(['.', '-']).map_while(|part| part.parse().ok()).collect()
}

/// Those of the kernel that runs.
fn release() -> Vec<u32> {
    nix::sys::utsname::uname().map_or(Vec::new(), |name| numbers(&name.release().to_string_lossy()))
}

/// `cgroup:memory`: some hierarchy has the controller; `cgroup1:memory`, `cgroup2:memory`: one of that version; `cgroup2`: it is mounted.
fn has_cgroup(word: &str) -> bool {
    let own = std::process::id() as i32;
    let found = Hierarchies::probe(Path::new("/"), Path::new("/proc"), own).is().cloned().unwrap_or_default();
    let (kind, controller) = word.split_once(':').unwrap_or((word, ""));
    let version = match kind {
        "cgroup1" => Some(Version::V1),
        "cgroup2" => Some(Version::V2),
        _ => None,
    };
    found.of(controller).is_some_and(|one| version.is_none_or(|version| one.version == version))
}
