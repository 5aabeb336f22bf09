//! Who asks, on what kernel, and the settings that decide about user namespaces.

use super::finding::Finding;
use crate::model::{Msg, NsKind, Text, caps_msg};
use crate::observe;
use crate::observe::process::read;
use std::path::Path;

/// A setting, and what a value other than the free one means.
type Row = (&'static str, fn(u64) -> bool, Text);

const ROWS: &[Row] = &[
    ("user/max_user_namespaces", |value| value > 0, Text { en: "no user namespace can be made", zh: "不能创建用户命名空间" }),
    (
        "kernel/unprivileged_userns_clone",
        |value| value == 1,
        Text { en: "only root may make user namespaces (Debian)", zh: "只有 root 能创建用户命名空间（Debian）" },
    ),
    (
        "kernel/apparmor_restrict_unprivileged_userns",
        |value| value == 0,
        Text {
            en: "programs without an AppArmor profile get no rights in user namespaces that they make (Ubuntu)",
            zh: "没有 AppArmor 配置的程序，在自己创建的用户命名空间中得不到权能（Ubuntu）",
        },
    ),
];

/// The kernel and who asks: `Linux 6.18.5; uid 0, all capabilities`.
pub fn machine() -> Msg {
    let release = read(Path::new("/proc/sys/kernel/osrelease"));
    let release = release.is().map_or("?", |text| text.trim()).to_string();
    let uid = nix::unistd::geteuid();
    let own = observe::snapshot(Path::new("/proc"), std::process::id() as i32);
    let creds = own.creds.is();
    let full = observe::process::last_capability().map_or(u64::MAX, |last| u64::MAX >> (63 - last.min(63)));
    let caps = creds.map_or(Msg::same("?"), |creds| caps_msg(creds.cap_eff, full));
    let filter = creds.is_some_and(|creds| creds.seccomp != 0);
    let (filter, filter_zh) = if filter {
        (
            "; a seccomp filter is in force (seccomp(2)): it can refuse calls",
            "；有 seccomp 过滤器生效（seccomp(2)），可能拒绝一些调用",
        )
    } else {
        ("", "")
    };
    let nested =
        own.ns_id(NsKind::User).is_some() && own.uid_map.is().is_some_and(|map| !map.iter().any(|row| row.count == u32::MAX));
    let (nested, nested_zh) = if nested { ("; in a user namespace already", "；已在用户命名空间中") } else { ("", "") };
    Msg::new(
        format!("Linux {release}; uid {uid}, capabilities: {}{filter}{nested}", caps.en),
        format!("Linux {release}；uid {uid}，权能：{}{filter_zh}{nested_zh}", caps.zh),
    )
}

/// The settings that are there, and what those mean that forbid something.
pub fn findings() -> Vec<Finding> {
    let of = |(name, free, means): &Row| {
        let seen = read(&Path::new("/proc/sys").join(name));
        let value: u64 = seen.is()?.trim().parse().ok()?;
        let name = name.replace('/', ".");
        Some(match free(value) {
            true => Finding::fact(name, Msg::same(value.to_string())),
            false => Finding::fact(
                &name,
                Msg::new(
                    format!("{value}: {}; `sysctl` changes it, as root", means.en),
                    format!("{value}：{}；可由 root 用 `sysctl` 修改", means.zh),
                ),
            ),
        })
    };
    ROWS.iter().filter_map(of).collect()
}
