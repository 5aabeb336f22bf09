//! `--rootless`: the whole bench in a user namespace in which an ordinary user is root.

use crate::command::newuidmap;
use crate::kernel;
use crate::model::{Lang, Text, errno_name};
use crate::observe::subordinate::subordinate;
use std::path::Path;

/// `--rootless`. Errors: the exit status; what is wrong has been said.
pub fn become_root(lang: Lang) -> Result<(), i32> {
    let say = |text: Text| eprintln!("boxlab: {}", text.get(lang));
    let uid = nix::unistd::geteuid();
    if uid.is_root() {
        say(Text {
            en: "--rootless is for ordinary users: the user ID is 0 already",
            zh: "--rootless 供普通用户使用：用户 ID 已经是 0",
        });
        return Err(2);
    }
    let lent = subordinate(Path::new("/etc"), uid.as_raw());
    let some = lent.iter().all(|ranges| !ranges.is_empty());
    let helpers = some.then(|| newuidmap(std::process::id(), lent).ok()).flatten();
    match kernel::become_root(helpers) {
        Ok(true) => Ok(()),
        Ok(false) => {
            say(ONE_ID);
            Ok(())
        }
        Err(errno) => {
            eprintln!("boxlab: --rootless: {}: {}", errno_name(errno), errno.desc());
            say(Text {
                en: "`boxlab doctor` says what forbids user namespaces here",
                zh: "`boxlab doctor` 会说明这里是什么禁止了用户命名空间",
            });
            Err(1)
        }
    }
}

const ONE_ID: Text = Text {
    en: "only one ID is mapped, for want of newuidmap (package uidmap) or of lines in /etc/subuid and /etc/subgid; setuid and setgid \
         to any other ID are EINVAL",
    zh: "只映射了一个 ID，因为缺少 newuidmap（软件包 uidmap）或 /etc/subuid、/etc/subgid 中的条目；setuid、setgid 到其他 ID 会得到 EINVAL",
};
