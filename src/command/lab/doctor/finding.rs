//! One thing that was tried, and what came of it.

use crate::command::Outside;
use crate::explain;
use crate::kernel::{Kernel, trial};
use crate::model::{Block, Call, Cell, Grid, Mark, Msg, NsKind, Standing, Text, errno_name};
use crate::observe::{self, Moment};
use nix::errno::Errno;
use std::path::Path;

/// Whether it works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As one is.
    Yes,
    /// In a user namespace of one's own.
    WithUser,
    /// It does not.
    No,
    /// Nothing was tried: a fact.
    Fact,
}

/// What was tried.
pub struct Finding {
    /// What, in the kernel's words.
    pub name: String,
    /// Whether it works.
    pub verdict: Verdict,
    /// What it is good for.
    pub about: Msg,
    /// Why it does not work, and what to do.
    pub why: Option<Msg>,
}

impl Finding {
    /// Something that works.
    pub fn yes(name: impl Into<String>, about: impl Into<Msg>) -> Finding {
        Finding { name: name.into(), verdict: Verdict::Yes, about: about.into(), why: None }
    }

    /// Something that does not, and why.
    pub fn no(name: impl Into<String>, about: impl Into<Msg>, why: Msg) -> Finding {
        Finding { name: name.into(), verdict: Verdict::No, about: about.into(), why: Some(why) }
    }

    /// A fact.
    pub fn fact(name: impl Into<String>, about: impl Into<Msg>) -> Finding {
        Finding { name: name.into(), verdict: Verdict::Fact, about: about.into(), why: None }
    }
}

/// Tries it, as one is and then in a user namespace of its own, in which one's own IDs are mapped.
pub fn tried(
    cx: &Outside<'_>,
    name: impl Into<String>,
    about: impl Into<Msg>,
    work: fn(&mut Kernel) -> Result<(), Errno>,
) -> Finding {
    let (name, about) = (name.into(), about.into());
    if attempt(cx, work).is_ok() {
        return Finding::yes(name, about);
    }
    let own_user = |kernel: &mut Kernel| enter(kernel, &[NsKind::User]).and_then(|()| work(kernel));
    match attempt(cx, own_user) {
        Ok(()) => Finding { verdict: Verdict::WithUser, ..Finding::yes(name, about) },
        // Why even that does not help says more than why one would need it.
        Err(why) => Finding::no(name, about, why),
    }
}

/// Tries it as one is.
pub fn attempt(cx: &Outside<'_>, work: impl FnOnce(&mut Kernel) -> Result<(), Errno>) -> Result<(), Msg> {
    // Where it failed, the child itself looks why: it has the namespaces and rights with which it asked.
    let found = trial(|kernel| match work(kernel) {
        Ok(()) => None,
        Err(errno) => Some(reason(cx, kernel.calls(), errno)),
    });
    match found {
        Ok(None) => Ok(()),
        Ok(Some(why)) => Err(why),
        Err(errno) => Err(Msg::same(errno_name(errno))),
    }
}

/// New namespaces of these kinds; where user is among them, one's own IDs are mapped to 0, so that files can be made.
pub fn enter(kernel: &mut Kernel, kinds: &[NsKind]) -> Result<(), Errno> {
    let (uid, gid) = (nix::unistd::geteuid(), nix::unistd::getegid());
    kernel.unshare(kinds)?;
    if kinds.contains(&NsKind::User) {
        kernel.write_file(Path::new("/proc/self/setgroups"), "deny")?;
        kernel.write_file(Path::new("/proc/self/uid_map"), &format!("0 {uid} 1"))?;
        kernel.write_file(Path::new("/proc/self/gid_map"), &format!("0 {gid} 1"))?;
    }
    Ok(())
}

/// Why it failed, and what to try: the likeliest cause that live state does not refute.
fn reason(cx: &Outside<'_>, calls: &[Call], errno: Errno) -> Msg {
    let name = errno_name(errno);
    let Some(call) = calls.iter().rev().find(|call| call.errno() == Some(errno)) else { return Msg::same(name) };
    let proc = Path::new("/proc");
    let caller = observe::snapshot(proc, nix::unistd::getpid().as_raw());
    let live = observe::live(proc, Moment { call: Some(call), caller, target: None, host: cx.host, inside: false });
    let advice = explain::advise(call, &live);
    let cause = advice.causes.iter().find(|cause| cause.standing != Standing::Refuted);
    let (why, next) = cause.map(|cause| (cause.why.clone(), cause.next.clone().unwrap_or_default())).unwrap_or_default();
    let pieces = |call: String, why: String, next: String, comma: &str| {
        [call, why, next].into_iter().filter(|piece| !piece.is_empty()).collect::<Vec<_>>().join(comma)
    };
    let called = format!("{} {name}", call.name);
    Msg::new(pieces(called.clone(), why.en, next.en, ": "), pieces(called, why.zh, next.zh, "："))
}

/// The findings: what, whether, what it is good for; and below, each reason once.
pub fn show(title: Text, findings: &[Finding]) -> Vec<Block> {
    let rows = findings.iter().map(|finding| {
        let word = match finding.verdict {
            Verdict::Yes => Cell::msg(Msg::new("yes", "可以")).mark(Mark::Own),
            Verdict::WithUser => Cell::msg(Msg::new("with user", "须有 user")).mark(Mark::Own),
            Verdict::No => Cell::msg(Msg::new("no", "不行")).mark(Mark::Bad),
            Verdict::Fact => Cell::new(""),
        };
        vec![Cell::new(format!("  {}", finding.name)), word, Cell::msg(finding.about.clone())]
    });
    let mut blocks = vec![Block::Head(title.into()), Block::Grid(Grid { head: Vec::new(), rows: rows.collect() })];
    let mut reasons: Vec<(&Msg, Vec<&str>)> = Vec::new();
    for (finding, why) in findings.iter().filter_map(|finding| Some((finding, finding.why.as_ref()?))) {
        match reasons.iter_mut().find(|(known, _)| *known == why) {
            Some((_, names)) => names.push(&finding.name),
            None => reasons.push((why, vec![&finding.name])),
        }
    }
    for (why, names) in reasons {
        let (en, zh) = (names.join(", "), names.join("、"));
        blocks.push(Block::Para(Msg::new(format!("✗ {en}: {}", why.en), format!("✗ {zh}：{}", why.zh))));
    }
    if findings.iter().any(|finding| finding.verdict == Verdict::WithUser) {
        blocks.push(Block::Para(Msg::new(
            "with user: in a user namespace of one's own, as in `unshare user uts`",
            "须有 user：要在自己的用户命名空间中，例如 `unshare user uts`",
        )));
    }
    blocks
}
