//! The list of provocations: what is typed, and which row must explain it.

mod cgroup;
mod mount;
mod net;
mod ns;
mod right;
mod table;

#[path = "../needs/mod.rs"]
mod needs;

use std::path::Path;
use std::process::{Command, Stdio};

/// As whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// As the tests run: root.
    Root,
    /// As uid 65534 without capabilities.
    Nobody,
}

/// A failure, and its reason.
pub struct Provocation {
    /// The row that must be confirmed.
    pub row: &'static str,
    /// Words as in an example's `needs`.
    pub needs: &'static str,
    /// As whom.
    pub who: Who,
    /// Lines before. `{tmp}` is a directory of this test's own.
    pub after: &'static str,
    /// The line that fails.
    pub line: &'static str,
    /// With this errno.
    pub errno: &'static str,
    /// A piece of the reason, in both languages: what was seen.
    pub seen: &'static str,
    /// The next step is typed as it stands, and must work.
    pub cured: bool,
    /// No state decides: the row is the first of the possible ones.
    pub possible: bool,
}

const fn root(
    row: &'static str,
    after: &'static str,
    line: &'static str,
    errno: &'static str,
    seen: &'static str,
) -> Provocation {
    Provocation { row, needs: "root", who: Who::Root, after, line, errno, seen, cured: false, possible: false }
}

const fn nobody(
    row: &'static str,
    after: &'static str,
    line: &'static str,
    errno: &'static str,
    seen: &'static str,
) -> Provocation {
    Provocation { row, needs: "root userns", who: Who::Nobody, after, line, errno, seen, cured: false, possible: false }
}

impl Provocation {
    /// The next step works.
    const fn cured(self) -> Provocation {
        Provocation { cured: true, ..self }
    }

    const fn needs(self, needs: &'static str) -> Provocation {
        Provocation { needs, ..self }
    }

    const fn possible(self) -> Provocation {
        Provocation { possible: true, ..self }
    }
}

/// What does not fail: row, needs, as whom, lines, and what the last line says.
pub type Silent = (&'static str, &'static str, Who, &'static str, &'static str);

/// All provocations.
pub fn all() -> impl Iterator<Item = &'static Provocation> {
    [ns::ALL, mount::ALL, cgroup::ALL, right::ALL, net::ALL].into_iter().flatten()
}

/// All silent ones.
pub fn silent() -> impl Iterator<Item = &'static Silent> {
    [ns::SILENT, mount::SILENT, cgroup::SILENT, right::SILENT, net::SILENT].into_iter().flatten()
}

/// The number of the VM's disk, `{disk}` in a line.
pub const DISK: &str = "/sys/block/vda/dev";

/// Which of these words is not met here. Beside those of examples: `rootfs`, the root is the initramfs; `realroot`, it is not;
/// `nsdelegate`, cgroup2 is mounted with that option; `disk`, there is a virtio disk;
/// `cmd:ipc-new`, there is that command;
/// `dynamic`, programs have an ELF interpreter; `nodummy`, the kernel has no links of that kind.
pub fn missing(needs: &str) -> Option<String> {
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let rootfs = || mounts.lines().any(|line| line.contains(" / / ") && line.contains(" - rootfs "));
    let lacking = |word: &&str| match *word {
        "rootfs" => !rootfs(),
        "realroot" => rootfs(),
        "disk" => !Path::new(DISK).exists(),
        "nsdelegate" => !mounts.lines().any(|line| line.contains(" - cgroup2 ") && line.contains("nsdelegate")),
        "dynamic" => !(Path::new("/bin/true").exists() && Path::new("/lib64/ld-linux-x86-64.so.2").exists()),
        word if word.starts_with("cmd:") => boxlab::command::card(&word[4..].replace('-', " ")).is_none(),
        "nodummy" => {
            let mut boxlab = Command::new(env!("CARGO_BIN_EXE_boxlab"));
            let made = boxlab.args(["-c", "unshare net; link add dummy d0"]).stdin(Stdio::null()).output();
            made.is_ok_and(|output| output.status.success())
        }
        _ => false,
    };
    needs.split(' ').find(lacking).map(String::from).or_else(|| needs::missing(needs))
}
