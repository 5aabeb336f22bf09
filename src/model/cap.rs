//! Capabilities and securebits by name (capabilities(7); linux/capability.h, linux/securebits.h).

use super::Msg;

/// The capabilities in the order of their bits, without `CAP_`.
pub const CAPS: [&str; 41] = [
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "KILL",
    "SETGID",
    "SETUID",
    "SETPCAP",
    "LINUX_IMMUTABLE",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_ADMIN",
    "NET_RAW",
    "IPC_LOCK",
    "IPC_OWNER",
    "SYS_MODULE",
    "SYS_RAWIO",
    "SYS_CHROOT",
    "SYS_PTRACE",
    "SYS_PACCT",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_NICE",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "MKNOD",
    "LEASE",
    "AUDIT_WRITE",
    "AUDIT_CONTROL",
    "SETFCAP",
    "MAC_OVERRIDE",
    "MAC_ADMIN",
    "SYSLOG",
    "WAKE_ALARM",
    "BLOCK_SUSPEND",
    "AUDIT_READ",
    "PERFMON",
    "BPF",
    "CHECKPOINT_RESTORE",
];

/// The securebits: bit, name without `SECBIT_`. Each has its lock one bit higher, which makes it unchangeable.
pub const SECUREBITS: [(u32, &str); 6] = [
    (0, "NOROOT"),
    (2, "NO_SETUID_FIXUP"),
    (4, "KEEP_CAPS"),
    (6, "NO_CAP_AMBIENT_RAISE"),
    (8, "EXEC_RESTRICT_FILE"),
    (10, "EXEC_DENY_INTERACTIVE"),
];

/// The bit of each capability in [`CAPS`].
pub const ALL_CAPS: u64 = (1 << CAPS.len()) - 1;

/// The number of a capability: `SYS_ADMIN`, `cap_sys_admin`, `21`.
pub fn cap_number(word: &str) -> Option<u8> {
    let upper = word.to_ascii_uppercase();
    let name = upper.strip_prefix("CAP_").unwrap_or(&upper);
    match word.parse::<u8>() {
        Ok(number) => (number < 64).then_some(number),
        Err(_) => CAPS.iter().position(|cap| *cap == name).map(|at| at as u8),
    }
}

/// `SYS_ADMIN` for 21; the number for one that has no name here.
pub fn cap_name(number: u8) -> String {
    CAPS.get(usize::from(number)).map_or_else(|| number.to_string(), |name| name.to_string())
}

/// The names of a set, in the order of the bits.
pub fn cap_names(set: u64) -> Vec<String> {
    (0..64).filter(|bit| set >> bit & 1 == 1).map(cap_name).collect()
}

/// A set in few words: `none`, `all`, `CHOWN KILL`, `all but SYS_ADMIN`. All is what has a name here, and what `full` has.
pub fn caps_text(set: u64, full: u64) -> String {
    caps_msg(set, full).en
}

/// The same in both languages.
pub fn caps_msg(set: u64, full: u64) -> Msg {
    let missing = (ALL_CAPS & full) & !set;
    let names = |set: u64| cap_names(set).join(" ");
    match (set.count_ones(), missing.count_ones()) {
        (0, _) => Msg::new("none", "无"),
        (_, 0) => Msg::new("all", "全部"),
        (held, lacking) if held <= lacking => Msg::same(names(set)),
        _ => Msg::new(format!("all but {}", names(missing)), format!("除 {} 外的全部", names(missing))),
    }
}

/// The names of securebits: `NOROOT NOROOT_LOCKED`; `none`.
pub fn securebits_text(bits: u32) -> String {
    let names = SECUREBITS.iter().flat_map(|(bit, name)| {
        let set = (bits >> bit & 1 == 1).then(|| name.to_string());
        let lock = (bits >> (bit + 1) & 1 == 1).then(|| format!("{name}_LOCKED"));
        [set, lock]
    });
    let names: Vec<String> = names.flatten().collect();
    if names.is_empty() { "none".into() } else { names.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_kernel() {
        for (number, name) in
            [(0, "CHOWN"), (12, "NET_ADMIN"), (21, "SYS_ADMIN"), (27, "MKNOD"), (31, "SETFCAP"), (40, "CHECKPOINT_RESTORE")]
        {
            assert_eq!(cap_name(number), name);
            assert_eq!(cap_number(name), Some(number));
            assert_eq!(cap_number(&format!("cap_{}", name.to_lowercase())), Some(number));
        }
        assert_eq!(cap_number("63"), Some(63));
        assert_eq!((cap_number("64"), cap_number("ROOT"), cap_number("")), (None, None, None));
    }

    #[test]
    fn a_set_is_said_the_shorter_way_round() {
        assert_eq!(caps_text(0, ALL_CAPS), "none");
        assert_eq!(caps_text(ALL_CAPS, ALL_CAPS), "all");
        assert_eq!(caps_text(0b100001, ALL_CAPS), "CHOWN KILL");
        assert_eq!(caps_text(ALL_CAPS & !(1 << 21), ALL_CAPS), "all but SYS_ADMIN");
        // A kernel that knows only three, and one that knows one more than this table.
        assert_eq!(caps_text(0b111, 0b111), "all");
        assert_eq!(caps_text(1 << 41, u64::MAX), "41");
    }

    #[test]
    fn securebits_have_locks() {
        assert_eq!(securebits_text(0), "none");
        assert_eq!(securebits_text(0b11), "NOROOT NOROOT_LOCKED");
        assert_eq!(securebits_text(1 << 4), "KEEP_CAPS");
    }
}
