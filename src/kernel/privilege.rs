//! Privileges: capget(2), capset(2), prctl(2), setuid(2), setgid(2), setgroups(2).

use super::{Kernel, answer, raw};
use crate::model::{SECUREBITS, cap_name, cap_names};
use nix::errno::Errno;

/// The three sets that capset(2) sets (capabilities(7)), a bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CapSets {
    /// What counts when the kernel asks.
    pub effective: u64,
    /// What may be made effective.
    pub permitted: u64,
    /// What an execve(2) may hand on.
    pub inheritable: u64,
}

/// struct __user_cap_header_struct and twice struct __user_cap_data_struct of linux/capability.h: since version 3 a set has
/// two words of 32 bits, and all low words come before all high ones.
#[repr(C)]
struct Header {
    version: u32,
    pid: i32,
}

#[repr(C)]
#[derive(Default)]
struct Words {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

const VERSION_3: u32 = 0x2008_0522;

/// What is done to the ambient set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ambient {
    /// PR_CAP_AMBIENT_RAISE.
    Raise(u8),
    /// PR_CAP_AMBIENT_LOWER.
    Lower(u8),
    /// PR_CAP_AMBIENT_CLEAR_ALL.
    Clear,
}

impl Kernel {
    /// capget(2) of the caller.
    pub fn capget(&mut self) -> Result<CapSets, Errno> {
        let header = Header { version: VERSION_3, pid: 0 };
        let mut words = [Words::default(), Words::default()];
        // SAFETY: a header of version 3 makes the kernel write two of these structs, and `words` is two of them.
        let got = answer(unsafe { libc::syscall(libc::SYS_capget, &header, words.as_mut_ptr()) });
        let set = |of: fn(&Words) -> u32| u64::from(of(&words[0])) | u64::from(of(&words[1])) << 32;
        let sets =
            CapSets { effective: set(|w| w.effective), permitted: set(|w| w.permitted), inheritable: set(|w| w.inheritable) };
        self.record("capget", vec![raw(HEADER), raw(if got.is_ok() { sets.in_strace() } else { "NULL".into() })], got)?;
        Ok(sets)
    }

    /// capset(2) of the caller.
    ///
    /// Errors: EPERM for a permitted capability that was not permitted before, an effective one that is not permitted, or an
    /// inheritable one that is new and not in the bounding set (or, without CAP_SETPCAP, not permitted).
    pub fn capset(&mut self, sets: CapSets) -> Result<(), Errno> {
        let header = Header { version: VERSION_3, pid: 0 };
        let word = |shift: u32| Words {
            effective: (sets.effective >> shift) as u32,
            permitted: (sets.permitted >> shift) as u32,
            inheritable: (sets.inheritable >> shift) as u32,
        };
        let words = [word(0), word(32)];
        // SAFETY: the kernel reads a header and, for version 3, two of these structs; both outlive the call.
        let got = answer(unsafe { libc::syscall(libc::SYS_capset, &header, words.as_ptr()) });
        self.record("capset", vec![raw(HEADER), raw(sets.in_strace())], got).map(drop)
    }

    /// PR_CAPBSET_DROP: takes a capability out of the bounding set, for good.
    ///
    /// Errors: EPERM without CAP_SETPCAP; EINVAL where the kernel does not know it.
    pub fn capbset_drop(&mut self, cap: u8) -> Result<(), Errno> {
        let shown = vec![raw("PR_CAPBSET_DROP"), raw(in_strace(cap))];
        self.prctl([libc::PR_CAPBSET_DROP as u64, cap.into(), 0, 0, 0], shown)
    }

    /// PR_CAP_AMBIENT.
    ///
    /// Errors: EPERM for raising one that is not both permitted and inheritable, or with SECBIT_NO_CAP_AMBIENT_RAISE; EINVAL where
    /// the kernel does not know it.
    pub fn cap_ambient(&mut self, what: Ambient) -> Result<(), Errno> {
        let (option, name, cap) = match what {
            Ambient::Raise(cap) => (libc::PR_CAP_AMBIENT_RAISE, "PR_CAP_AMBIENT_RAISE", Some(cap)),
            Ambient::Lower(cap) => (libc::PR_CAP_AMBIENT_LOWER, "PR_CAP_AMBIENT_LOWER", Some(cap)),
            Ambient::Clear => (libc::PR_CAP_AMBIENT_CLEAR_ALL, "PR_CAP_AMBIENT_CLEAR_ALL", None),
        };
        let cap_shown = cap.map_or("0".into(), in_strace);
        let shown = vec![raw("PR_CAP_AMBIENT"), raw(name), raw(cap_shown), raw("0"), raw("0")];
        self.prctl([libc::PR_CAP_AMBIENT as u64, option as u64, cap.unwrap_or(0).into(), 0, 0], shown)
    }

    /// PR_SET_NO_NEW_PRIVS: from now on no execve(2) gives what the caller does not have. There is no way back.
    pub fn no_new_privs(&mut self) -> Result<(), Errno> {
        let shown = vec![raw("PR_SET_NO_NEW_PRIVS"), raw("1"), raw("0"), raw("0"), raw("0")];
        self.prctl([libc::PR_SET_NO_NEW_PRIVS as u64, 1, 0, 0, 0], shown)
    }

    /// PR_SET_SECUREBITS.
    ///
    /// Errors: EPERM without CAP_SETPCAP, for a locked bit, or for unlocking one; EINVAL for a bit that the kernel does not know.
    pub fn set_securebits(&mut self, bits: u32) -> Result<(), Errno> {
        let text = securebits_in_strace(bits);
        self.prctl([libc::PR_SET_SECUREBITS as u64, bits.into(), 0, 0, 0], vec![raw("PR_SET_SECUREBITS"), raw(text)])
    }

    /// PR_SET_CHILD_SUBREAPER: whether orphans among the caller's descendants become its children.
    pub fn set_subreaper(&mut self, on: bool) -> Result<(), Errno> {
        let on = u64::from(on);
        self.prctl([libc::PR_SET_CHILD_SUBREAPER as u64, on, 0, 0, 0], vec![raw("PR_SET_CHILD_SUBREAPER"), raw(on.to_string())])
    }

    fn prctl(&mut self, words: [u64; 5], shown: Vec<crate::model::Arg>) -> Result<(), Errno> {
        // SAFETY: the options that this module uses take integers only and touch no memory of ours.
        let got = answer(unsafe { libc::syscall(libc::SYS_prctl, words[0], words[1], words[2], words[3], words[4]) });
        self.record("prctl", shown, got).map(drop)
    }

    /// setuid(2): with CAP_SETUID real, effective and saved user ID; without it the effective one only, and only to the real or saved one.
    /// Leaving 0 for another ID clears permitted, effective and ambient capabilities, unless a securebit prevents it.
    ///
    /// Errors: EPERM; EINVAL for an ID that is not mapped in the caller's user namespace; EAGAIN.
    pub fn setuid(&mut self, uid: u32) -> Result<(), Errno> {
        // SAFETY: setuid takes an integer. The raw call, because libc's changes all threads and this process has one.
        let got = answer(unsafe { libc::syscall(libc::SYS_setuid, uid) });
        self.record("setuid", vec![raw(uid.to_string())], got).map(drop)
    }

    /// setgid(2): the same for the group ID, with CAP_SETGID.
    ///
    /// Errors: EPERM; EINVAL for an ID that is not mapped in the caller's user namespace.
    pub fn setgid(&mut self, gid: u32) -> Result<(), Errno> {
        // SAFETY: setgid takes an integer.
        let got = answer(unsafe { libc::syscall(libc::SYS_setgid, gid) });
        self.record("setgid", vec![raw(gid.to_string())], got).map(drop)
    }

    /// setgroups(2): the supplementary groups.
    ///
    /// Errors: EPERM without CAP_SETGID, where `/proc/PID/setgroups` says deny, or before gid_map is written; EINVAL for an ID that is not
    /// mapped, or for more than 65536 groups.
    pub fn setgroups(&mut self, groups: &[u32]) -> Result<(), Errno> {
        // SAFETY: the kernel reads `groups.len()` integers from a slice of that length.
        let got = answer(unsafe { libc::syscall(libc::SYS_setgroups, groups.len(), groups.as_ptr()) });
        let list: Vec<String> = groups.iter().map(u32::to_string).collect();
        self.record("setgroups", vec![raw(groups.len().to_string()), raw(format!("[{}]", list.join(", ")))], got).map(drop)
    }
}

const HEADER: &str = "{version=_LINUX_CAPABILITY_VERSION_3, pid=0}";

impl CapSets {
    fn in_strace(&self) -> String {
        let set = |set: u64| {
            let names: Vec<String> = cap_names(set).iter().map(|name| format!("1<<CAP_{name}")).collect();
            if names.is_empty() { "0".into() } else { names.join("|") }
        };
        let (effective, permitted) = (set(self.effective), set(self.permitted));
        format!("{{effective={effective}, permitted={permitted}, inheritable={}}}", set(self.inheritable))
    }
}

fn in_strace(cap: u8) -> String {
    let name = cap_name(cap);
    if name.starts_with(char::is_alphabetic) { format!("CAP_{name}") } else { name }
}

fn securebits_in_strace(bits: u32) -> String {
    let of = |shift: u32, end: &'static str| {
        SECUREBITS
            .iter()
            .filter(move |(bit, _)| bits >> (bit + shift) & 1 == 1)
            .map(move |(bit, name)| (bit + shift, format!("SECBIT_{name}{end}")))
    };
    let mut names: Vec<(u32, String)> = of(0, "").chain(of(1, "_LOCKED")).collect();
    names.sort();
    let names: Vec<String> = names.into_iter().map(|(_, name)| name).collect();
    if names.is_empty() { "0".into() } else { names.join("|") }
}

/// The bounding set (PR_CAPBSET_READ), as plumbing; a bit each.
pub fn bounding_set() -> u64 {
    // SAFETY: this prctl takes an integer.
    let has = |cap: u64| unsafe { libc::prctl(libc::PR_CAPBSET_READ, cap) } == 1;
    (0..64).filter(|cap| has(*cap)).fold(0, |set, cap| set | 1 << cap)
}

/// getgroups(2), as plumbing. Not libc's way, which opens a file to learn how many there can be: a filter may forbid that.
pub fn groups() -> Vec<u32> {
    // SAFETY: with size 0 the kernel writes nothing.
    let Ok(size) = answer(unsafe { libc::syscall(libc::SYS_getgroups, 0, 0) }) else { return Vec::new() };
    let mut list = vec![0u32; size as usize];
    // SAFETY: the kernel writes at most as many integers as `list` has, or fails where there are more by now.
    let got = answer(unsafe { libc::syscall(libc::SYS_getgroups, list.len(), list.as_mut_ptr()) });
    list.truncate(got.unwrap_or(0) as usize);
    list
}

/// PR_GET_SECUREBITS, as plumbing; 0 where it cannot be asked.
pub fn securebits() -> u32 {
    // SAFETY: this prctl takes no pointer.
    answer(i64::from(unsafe { libc::prctl(libc::PR_GET_SECUREBITS) })).unwrap_or(0) as u32
}

/// PR_GET_CHILD_SUBREAPER, as plumbing.
pub fn is_subreaper() -> bool {
    let mut on: libc::c_int = 0;
    // SAFETY: the kernel writes one int, and `on` is one.
    (unsafe { libc::prctl(libc::PR_GET_CHILD_SUBREAPER, &mut on) } == 0) && on == 1
}

/// PR_SET_DUMPABLE, as plumbing: a change of user or group ID takes `/proc/PID` of the caller away from its own user and gives it to root
/// (proc(5)) until the next execve(2). The subject stands for a program that is yet to be run, so it undoes that.
pub fn stay_dumpable() {
    // SAFETY: this prctl takes an integer.
    unsafe { libc::prctl(libc::PR_SET_DUMPABLE, 1) };
}
