//! `mount fsopen`: mount a filesystem in single steps. fsopen(2), fsconfig(2), fsmount(2), move_mount(2).

use super::fs::reaches_host;
use super::one;
use super::options::Options;
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::kernel::Setting;
use crate::model::{Msg, NoteKind, NsKind, Text};
use nix::errno::Errno;
use std::os::fd::OwnedFd;

/// The card.
pub const CARD: Card = Card {
    name: "mount fsopen",
    args: &[
        one("FSTYPE", Kind::Word, Text { en: "tmpfs, proc, sysfs, overlay, …", zh: "tmpfs、proc、sysfs、overlay……" }),
        one("TARGET", Kind::MountAt, Text { en: "an existing directory", zh: "一个已存在的目录" }),
        Param {
            name: "OPTIONS",
            kind: Kind::Word,
            count: Count::Optional,
            about: Text {
                en: "ro,nosuid,nodev,noexec and options of the filesystem, each of which becomes one fsconfig: size=16M,mode=755",
                zh: "ro,nosuid,nodev,noexec，以及文件系统自己的选项（每个选项一次 fsconfig）：size=16M,mode=755",
            },
        },
    ],
    primitive: Primitive::Syscall("fsopen"),
    man: &[Man("fsopen", 2), Man("fsconfig", 2), Man("fsmount", 2), Man("move_mount", 2)],
    own: &[NsKind::Mnt],
    summary: Text { en: "mount a filesystem in single steps", zh: "分步挂载文件系统" },
    explain: Text {
        en: "What mount(2) does in one call is several since Linux 5.2, each about one thing. fsopen(2) gives a context for a type of filesystem; fsconfig(2) puts in one option each, \
             then makes the filesystem; fsmount(2) gives a mount of it, a descriptor that hangs nowhere yet; move_mount(2) puts that somewhere. Until the last call nobody can see it, \
             so whoever has the descriptor can set it up in peace. The kernel leaves sentences about bad options in the context (read(2)), where mount(2) has only an errno. mount(8) works like this since util-linux 2.39.",
        zh: "mount(2) 一次完成的事，从 Linux 5.2 起可以分成几个调用，每个只管一件事：fsopen(2) 为某种文件系统建立一个上下文；fsconfig(2) 每次设置一个选项，最后创建文件系统；\
             fsmount(2) 得到它的一个挂载，是一个尚未挂在任何地方的描述符；move_mount(2) 再把它挂上去。在最后一步之前谁也看不见它，持有描述符者可以从容设置。\
             选项有误时，内核把说明留在上下文里（用 read(2) 读取），而 mount(2) 只能给出 errno。util-linux 2.39 起，mount(8) 就是这样工作的。",
    },
    equivalents: &[Equivalent { tool: "mount(8)", line: "mount -t tmpfs -o size=16M tmpfs /mnt (since util-linux 2.39)" }],
    examples: &[
        Example {
            after: "unshare user mnt",
            line: "mount fsopen tmpfs /mnt size=1M,ro",
            shows: "FSCONFIG_SET_STRING, \"size\", \"1M\", 0) = 0",
            needs: "userns",
        },
        Example {
            after: "unshare user mnt",
            line: "mount fsopen tmpfs /mnt size=lots",
            shows: "Bad value for 'size'",
            needs: "userns",
        },
        Example { after: "unshare user mnt", line: "mount fsopen proc /proc", shows: "EPERM", needs: "userns" },
        Example { after: "", line: "mount fsopen tmpfs /mnt", shows: "change this machine's mounts", needs: "" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let (fstype, target) = (args.one("FSTYPE"), args.one("TARGET"));
    let options = Options::parse(args.one("OPTIONS"));
    if !args.on_host
        && let Some(why) = reaches_host(fstype, &options)
    {
        return Err(Stop::Refused(why));
    }
    let context = cx.kernel.fsopen(fstype)?;
    if let Err(errno) = configure(cx, &context, fstype, &options) {
        let said = messages(cx, &context);
        // The last call is the one that is explained: reading the message is not what failed.
        return if said.is_empty() { Err(errno.into()) } else { Err(told(errno, &said)) };
    }
    let mount = cx.kernel.fsmount(&context, options.set)?;
    cx.kernel.move_mount(&mount, target)?;
    Ok(Said::nothing().note(
        NoteKind::Did,
        Msg::new(
            "until move_mount the mount was a descriptor and nowhere to be seen",
            "在 move_mount 之前，该挂载只是一个描述符，哪里都看不到",
        ),
    ))
}

fn configure(cx: &mut Inside<'_>, context: &OwnedFd, fstype: &str, options: &Options) -> Result<(), Errno> {
    cx.kernel.fsconfig(context, Setting::Text("source", fstype))?;
    // ro is a flag of the mount, and beside it one of the filesystem; only the former is asked for, as `mount` has both.
    for option in &options.data {
        let setting = option.split_once('=').map_or(Setting::Flag(option), |(key, value)| Setting::Text(key, value));
        cx.kernel.fsconfig(context, setting)?;
    }
    cx.kernel.fsconfig(context, Setting::Create)
}

/// What the kernel wrote into the context.
fn messages(cx: &mut Inside<'_>, context: &OwnedFd) -> Vec<String> {
    let mut said = Vec::new();
    while let Ok(text) = cx.kernel.fs_message(context) {
        said.push(text.trim_end().to_string());
    }
    said
}

fn told(errno: Errno, said: &[String]) -> Stop {
    let (name, said) = (crate::model::errno_name(errno), said.join("; "));
    Stop::Unfit(Msg::new(
        format!(
            "fsconfig: {name}, and the kernel says why in the context (e is for error): {said}. mount(2) would have had only {name}"
        ),
        format!("fsconfig：{name}，内核在上下文中说明了原因（e 表示错误）：{said}。mount(2) 只能给出 {name}"),
    ))
}
