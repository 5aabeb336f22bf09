//! `export`: the session's lines in another language.

use super::deed::{Deed, Written};
use super::plan::plan;
use super::{bundle, c, docker, sh};
use crate::command::{Args, Card, Count, Equivalent, Example, Kind, Man, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{Block, Msg, NoteKind, Text};
use std::path::Path;

const FILE: Param = Param {
    name: "FILE",
    kind: Kind::Path,
    count: Count::Optional,
    about: Text {
        en: "a new file, in the observer's view; without it the text is shown",
        zh: "一个新文件（观察者的视图）；省略则直接显示",
    },
};

const fn card(
    name: &'static str,
    summary: Text,
    explain: Text,
    man: &'static [Man],
    equivalents: &'static [Equivalent],
    examples: &'static [Example],
    run: fn(&mut Outside<'_>, &Args) -> Result<Said, Stop>,
) -> Card {
    Card {
        name,
        args: &[FILE],
        primitive: Primitive::None,
        man,
        own: &[],
        summary,
        explain,
        equivalents,
        examples,
        run: Run::Shell(run),
    }
}

/// `export sh`.
pub const SH: Card = card(
    "export sh",
    Text {
        en: "the session as a shell script of unshare(1), mount(8), …",
        zh: "把会话写成 shell 脚本，使用 unshare(1)、mount(8) 等工具",
    },
    Text {
        en: "Every line of the current subject that did what it says, since it was made, with the tools of util-linux. A shell cannot enter a namespace, only start a program there; so the script \
             starts itself anew, stage by stage, and namespaces that only children enter are made with the child. What the observer did from outside is done by a second process that stays \
             outside. At the end it runs CMD, or a shell, where the session stands now. What it cannot say is said.",
        zh: "把当前被观察进程自创建以来所有执行成功的行写成使用 util-linux 工具的脚本。shell 不能自己进入命名空间，只能在其中启动程序；所以脚本会分阶段重新启动自己，只有子进程才进入的命名空间与子进程一起创建。\
             观察者从外部做的事，由另一个留在外面的进程来做。最后在会话现在所处的环境中运行 CMD 或一个 shell。写不出来的部分会说明。",
    },
    &[Man("unshare", 1), Man("nsenter", 1), Man("mount", 8), Man("setpriv", 1)],
    &[],
    &[
        Example {
            after: "unshare uts mnt; hostname box; mount private -r /",
            line: "export sh",
            shows: "mount --make-rprivate /",
            needs: "root",
        },
        Example { after: "", line: "export sh", shows: "nothing to export", needs: "" },
        Example { after: "unshare user", line: "export sh /etc/passwd", shows: "EEXIST", needs: "userns" },
    ],
    |cx, args| {
        let deeds = deeds(cx)?;
        give(cx, args, sh::script(&deeds))
    },
);

/// `export c`.
pub const C: Card = card(
    "export c",
    Text { en: "the session as a C program of system calls", zh: "把会话写成直接发出系统调用的 C 程序" },
    Text {
        en: "The same calls in the same order, in C for Linux and glibc, each checked. What the observer did from outside is done by a process that it forks at its start. At the end it runs \
             CMD, or a shell.",
        zh: "以相同的次序发出相同的调用，用 C 写成（Linux 与 glibc），每个调用都检查结果。观察者从外部做的事，由它在开始时 fork 出来的一个进程来做。最后运行 CMD 或一个 shell。",
    },
    &[Man("syscalls", 2), Man("clone", 2), Man("unshare", 2)],
    &[Equivalent { tool: "cc(1)", line: "cc -o box box.c && ./box" }],
    &[
        Example { after: "unshare uts; hostname box", line: "export c", shows: "MUST(unshare(CLONE_NEWUTS));", needs: "root" },
        Example { after: "unshare user; idmap uid 0 0 1", line: "export c", shows: "put(path, text)", needs: "root" },
    ],
    |cx, args| {
        let deeds = deeds(cx)?;
        give(cx, args, c::program(&deeds))
    },
);

/// `export docker`.
pub const DOCKER: Card = card(
    "export docker",
    Text {
        en: "the nearest `docker run` line, and what it cannot say",
        zh: "最接近的 `docker run` 命令行，以及它表达不了的部分",
    },
    Text {
        en: "Made of what the subject is now: the namespaces that it shares with the host, its limits, capabilities, mounts. docker(1) makes most namespaces unless told otherwise; so what is *not* \
             isolated needs the options.",
        zh: "根据被观察进程现在的状态写出：与主机共享的命名空间、限制、权能、挂载。docker(1) 默认就会新建大多数命名空间，所以需要选项的反而是*没有*隔离的部分。",
    },
    &[Man("docker-run", 1)],
    &[],
    &[
        Example {
            after: "unshare uts pid ipc mnt cgroup; hostname box",
            line: "export docker",
            shows: "--network host",
            needs: "root",
        },
        Example { after: "unshare user", line: "export docker", shows: "userns-remap", needs: "userns" },
    ],
    |cx, args| {
        let found = docker::line(cx);
        let said = give(cx, args, Written { text: found.line + "\n", gaps: Vec::new() })?;
        Ok(found.cannot.into_iter().fold(said, |said, text| said.note(NoteKind::Careful, text)))
    },
);

/// `export oci`.
pub const OCI: Card = Card {
    name: "export oci",
    args: &[Param {
        name: "DIR",
        kind: Kind::Path,
        count: Count::One,
        about: Text { en: "a new directory, in the observer's view", zh: "一个新目录（观察者的视图）" },
    }],
    primitive: Primitive::None,
    man: &[Man("runc", 8), Man("runc-run", 8), Man("crun", 1)],
    own: &[],
    summary: Text {
        en: "an OCI bundle: config.json and root, for runc or crun",
        zh: "OCI bundle：config.json 与根目录，供 runc 或 crun 使用",
    },
    explain: Text {
        en: "Made of what the subject is now: namespaces, ID maps, mounts, limits, capabilities, rlimits. If the subject has a root of its own (pivot_root), its files are copied to DIR/rootfs; else \
             the bundle's root is empty and binds the host's /usr and /etc read-only. The program is that of the last `spawn`, or sh.",
        zh: "根据被观察进程现在的状态写出：命名空间、ID 映射、挂载、限制、权能、rlimit。如果它有自己的根（pivot_root），其中的文件会复制到 DIR/rootfs；否则 bundle 的根是空的，只读绑定主机的 /usr 与 /etc。\
             要运行的程序取自最后一次 `spawn`，没有则为 sh。",
    },
    equivalents: &[Equivalent { tool: "runc(8)", line: "runc run --bundle DIR NAME" }],
    examples: &[Example { after: "", line: "export oci /etc", shows: "EEXIST", needs: "" }],
    run: Run::Shell(|cx, args| bundle::write(cx, args.one("DIR"))),
};

fn deeds(cx: &Outside<'_>) -> Result<Vec<Deed>, Stop> {
    match cx.steps.is_empty() {
        true => Err(Stop::Unfit(Msg::new(
            format!("there is nothing to export: subject {} has done nothing yet", cx.subject.name),
            format!("没有可导出的内容：被观察进程 {} 还什么都没做", cx.subject.name),
        ))),
        false => Ok(plan(cx.steps, cx.keeper)),
    }
}

/// Shows the text, or writes it to a new file; then says what it lacks.
fn give(cx: &mut Outside<'_>, args: &Args, written: Written) -> Result<Said, Stop> {
    let Written { text, gaps } = written;
    let mut said = Said::nothing();
    match args.opt("FILE") {
        Some(path) => {
            cx.kernel.new_file(Path::new(path), &text)?;
            said = said.note(NoteKind::Did, Msg::new(format!("written to {path}"), format!("已写入 {path}")));
        }
        None => said = said.show(Block::Lines(text.lines().map(str::to_string).collect())),
    }
    let gaps = gaps
        .into_iter()
        .map(|(line, why)| Msg::new(format!("`{line}` is not in it: {}", why.en), format!("其中没有 `{line}`：{}", why.zh)));
    Ok(gaps.fold(said, |said, text| said.note(NoteKind::Careful, text)))
}
