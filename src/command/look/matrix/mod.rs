//! `matrix`: which namespace isolates what, tried on this kernel: each effect by a process in one new namespace.

mod effects;
mod playground;

use crate::command::process::job::{self, Body, Started};
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::{Cell, Exit, Mark, Msg, NoteKind, NsKind, Text, errno_name};
use effects::EFFECTS;
use nix::errno::Errno;
use nix::fcntl::OFlag;
use playground::{LENGTH, OWN, Told, Verdict};
use std::collections::BTreeSet;
use std::os::fd::OwnedFd;
use std::path::Path;

/// With more kinds than this the cells are one letter wide.
const WORDS: usize = 3;

/// The card.
pub const CARD: Card = Card {
    name: "matrix",
    args: &[Param {
        name: "NS",
        kind: Kind::Ns,
        count: Count::Any,
        about: Text { en: "only these kinds; without it all", zh: "只试这些种类；省略则为全部" },
    }],
    primitive: Primitive::Syscall("clone3"),
    man: &[Man("namespaces", 7), Man("clone", 2)],
    own: &[],
    summary: Text {
        en: "which namespace isolates what, tried on this kernel", zh: "在本机内核上实测：哪种命名空间隔离什么"
    },
    explain: Text {
        en: "For each kind and each effect a process in one new namespace of that kind does it, and another one outside looks whether it came out. Both live in a \
             throw-away playground of namespaces, so what leaks harms nobody. Isolated: done inside, not seen outside. Leaks: seen. Denied: the process \
             inside was refused, and a refusal says nothing of isolation. The last rows are not isolated by any namespace.",
        zh: "对每种命名空间和每种效果，由处在一个该类新命名空间里的进程去做，再由外面的进程查看效果有没有传出来。两者都在一次性的命名空间里，泄漏也不会伤害别人。\
             隔离：里面做了，外面看不到。泄漏：外面看得到。拒绝：里面的进程被拒绝，这并不说明被隔离。最后几行是任何命名空间都不隔离的。",
    },
    equivalents: &[Equivalent { tool: "sh(1)", line: "unshare --uts hostname probe; hostname (and so on, one by one)" }],
    examples: &[
        Example { after: "", line: "matrix uts", shows: "isolated", needs: "userns" },
        Example { after: "", line: "matrix", shows: "this kind isolates", needs: "userns" },
        Example { after: "unshare pid", line: "matrix", shows: "`fork` first", needs: "root" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let mut kinds = match args.kinds("NS") {
        none if none.is_empty() => NsKind::ALL.to_vec(),
        some => some,
    };
    // See `playground::play`.
    kinds.sort_by_key(|kind| *kind == NsKind::Time);
    if let Some(why) = pending() {
        return Err(Stop::Unfit(why));
    }
    let (report, reports) = nix::unistd::pipe2(OFlag::O_CLOEXEC)?;
    let child = start(cx, &kinds, reports)?;
    let told = hear(&report);
    let exit = loop {
        match cx.kernel.wait4(child.pid, false) {
            // Ctrl-C: it is at its end anyway.
            Err(Errno::EINTR) => {}
            other => break other?.1,
        }
    };
    if told.is_empty() {
        let errno = match exit {
            Exit::Status(errno) => errno_name(Errno::from_raw(errno)),
            other => other.in_words().en,
        };
        return Err(Stop::Unfit(Msg::new(
            format!("the playground could not be made ready ({errno}), so nothing was tried"),
            format!("无法准备好试验场（{errno}），什么也没有试"),
        )));
    }
    Ok(shown(&kinds, &told))
}

/// The next child of the subject would be the first in a namespace that is to be begun by somebody else.
fn pending() -> Option<Msg> {
    let link = |name: &str| nix::fcntl::readlink(Path::new("/proc/self/ns").join(name).as_path());
    let differs = |kind: NsKind| kind.row().children.is_some_and(|children| link(children).ok() != link(kind.name()).ok());
    let kind = [NsKind::Pid, NsKind::Time].into_iter().find(|kind| differs(*kind))?;
    Some(Msg::new(
        format!("a new {kind} namespace waits for its first child, and a throw-away process must not be that: `fork` first"),
        format!("新的 {kind} 命名空间正在等待第一个子进程，一次性进程不能占用这个位置：请先 `fork`"),
    ))
}

/// The playground: with the rights there are, or in a user namespace that gives them.
fn start(cx: &mut Inside<'_>, kinds: &[NsKind], reports: OwnedFd) -> Result<Started, Stop> {
    match job::start(cx, OWN, &Body::Work(&|| playground::play(kinds, None, &reports)), false) {
        Err(Stop::Failed(errno)) if errno == Errno::EPERM as i32 => {
            let ids = (nix::unistd::geteuid().as_raw(), nix::unistd::getegid().as_raw());
            let own: Vec<NsKind> = [NsKind::User].into_iter().chain(OWN.iter().copied()).collect();
            job::start(cx, &own, &Body::Work(&|| playground::play(kinds, Some(ids), &reports)), false)
        }
        other => other,
    }
}

/// All verdicts, until the playground has ended.
fn hear(report: &OwnedFd) -> Vec<Told> {
    let (mut all, mut bytes) = (Vec::new(), [0; 512]);
    loop {
        match nix::unistd::read(report, &mut bytes) {
            Ok(0) => break,
            Ok(length) => all.extend_from_slice(bytes.get(..length).unwrap_or_default()),
            Err(Errno::EINTR) => {}
            Err(_) => break,
        }
    }
    all.chunks_exact(LENGTH).filter_map(Told::read).collect()
}

fn shown(kinds: &[NsKind], told: &[Told]) -> Said {
    let words = kinds.len() <= WORDS;
    let verdict =
        |kind: usize, effect: usize| told.iter().find(|one| one.kind == kind && one.effect == effect).map(|one| one.verdict);
    let mut head = vec![Msg::new("effect", "效果")];
    head.extend(kinds.iter().map(|kind| Msg::same(kind.name())));
    let rows = EFFECTS.iter().enumerate().map(|(e, effect)| {
        let cells = (0..kinds.len()).map(|k| cell(verdict(k, e).unwrap_or(Verdict::Unknown), words));
        std::iter::once(Cell::msg(effect.name)).chain(cells).collect()
    });
    let said = Said::grid(head, rows.collect());
    let refusals: BTreeSet<String> = told
        .iter()
        .filter_map(|one| match one.verdict {
            Verdict::Denied(errno) => Some(errno_name(errno)),
            _ => None,
        })
        .collect();
    let said = match words {
        true => said,
        false => said.note(
            NoteKind::Did,
            Msg::new(
                "I: this kind isolates it. -: it leaks out. D: denied to the process inside, which says nothing of isolation. ?: cannot be told here",
                "I：该种类隔离它。-：泄漏。D：里面的进程被拒绝，不说明被隔离。?：在这里无法判断",
            ),
        ),
    };
    if refusals.is_empty() {
        return said;
    }
    let names = refusals.into_iter().collect::<Vec<_>>().join(" ");
    said.note(NoteKind::Careful, Msg::new(format!("refusals: {names}"), format!("拒绝的错误码：{names}")))
}

fn cell(verdict: Verdict, words: bool) -> Cell {
    let (text, mark) = match (verdict, words) {
        (Verdict::Isolated, true) => (Msg::new("isolated", "隔离"), Mark::Own),
        (Verdict::Isolated, false) => (Msg::same("I"), Mark::Own),
        (Verdict::Leaks, true) => (Msg::new("leaks", "泄漏"), Mark::Plain),
        (Verdict::Leaks, false) => (Msg::same("-"), Mark::Dim),
        (Verdict::Denied(_), true) => (Msg::new("denied", "拒绝"), Mark::Bad),
        (Verdict::Denied(_), false) => (Msg::same("D"), Mark::Bad),
        (Verdict::Unknown, _) => (Msg::same("?"), Mark::Warn),
    };
    Cell::msg(text).mark(mark)
}
