//! Golden texts of turns, in both languages and at the widths of real screens.

use super::*;
use crate::model::{Advice, Arg, Block, Cause, Cell, End, Exit, Grid, Msg, Place, Standing};
use nix::errno::Errno;

fn empty() -> Turn {
    Turn {
        line: String::new(),
        command: String::new(),
        subject: "a".into(),
        place: Place::Inside,
        calls: vec![],
        end: End::Done,
        changes: vec![],
        notes: vec![],
        view: vec![],
        output: String::new(),
    }
}

fn unshare(flag: &str, answer: Result<i64, i32>) -> Call {
    Call { name: "unshare".into(), args: vec![Arg::Raw(flag.into())], answer }
}

fn change(what: &str, was: &str, is: &str) -> Change {
    Change { what: what.into(), was: was.into(), is: is.into() }
}

fn note(kind: NoteKind, en: &str, zh: &str) -> Note {
    Note { kind, text: Msg::new(en, zh) }
}

fn at(lang: Lang, columns: usize) -> Style {
    let id = |ino| NsId { dev: 0, ino };
    let host = [(NsKind::Uts, id(4026531838)), (NsKind::Pid, id(4026531836))].into();
    let mut names = crate::model::Names::new(host);
    names.birth("a", NsKind::Uts, id(4026532210));
    Style { width: Some(columns), names, ..Style::plain(lang) }
}

fn unshare_uts() -> Turn {
    let unmoved = NsKind::Uts.row().unmoved.expect("uts has such a text");
    Turn {
        calls: vec![unshare("CLONE_NEWUTS", Ok(0))],
        changes: vec![change("ns.uts", "uts:[4026531838]", "uts:[4026532210]")],
        notes: vec![Note { kind: NoteKind::Unchanged, text: unmoved.into() }],
        ..empty()
    }
}

#[test]
fn unshare_uts_is_a_few_calm_lines() {
    let wanted = "  unshare(CLONE_NEWUTS) = 0
~ ns.uts  uts:[host] → uts:[a1]  own  (4026531838 → 4026532210)
= the host name is the same as before: the new namespace starts as a copy.
  Change it with `hostname`
";
    assert_eq!(turn(&unshare_uts(), &at(Lang::En, 80)), wanted);
    let wanted = "  unshare(CLONE_NEWUTS) = 0
~ ns.uts  uts:[host] → uts:[a1]  自己的  (4026531838 → 4026532210)
= 主机名与之前相同：新命名空间是旧的副本。用 `hostname` 修改它
";
    assert_eq!(turn(&unshare_uts(), &at(Lang::Zh, 80)), wanted);
    assert_eq!(turn(&unshare_uts(), &at(Lang::En, 120)).lines().count(), 3);
}

#[test]
fn a_narrow_screen_wraps_and_nothing_runs_over() {
    let wanted = "  unshare(CLONE_NEWUTS) = 0
~ ns.uts  uts:[host] → uts:[a1]  自己的
          (4026531838 → 4026532210)
= 主机名与之前相同：新命名空间是旧的副
  本。用 `hostname` 修改它
";
    assert_eq!(turn(&unshare_uts(), &at(Lang::Zh, 40)), wanted);
    for columns in [40, 80, 120] {
        let drawn = turn(&unshare_uts(), &at(Lang::En, columns));
        assert!(drawn.lines().all(|line| width(line) <= columns), "{drawn}");
    }
}

#[test]
fn a_failure_names_its_causes_and_what_to_try() {
    let cause =
        |standing, en: &str, zh: &str, next: Option<Msg>| Cause { row: String::new(), standing, why: Msg::new(en, zh), next };
    let advice = Advice {
        causes: vec![
            cause(Standing::Confirmed, "no CAP_SYS_ADMIN here", "这里没有 CAP_SYS_ADMIN", Some(Msg::same("unshare user pid"))),
            cause(Standing::Possible, "a seccomp filter", "seccomp 过滤器", None),
            cause(Standing::Refuted, "max_pid_namespaces is 0", "max_pid_namespaces 为 0", None),
        ],
    };
    let failed = Turn {
        calls: vec![unshare("CLONE_NEWPID", Err(Errno::EPERM as i32))],
        end: End::Failed { errno: "EPERM".into(), advice },
        ..empty()
    };
    let wanted = "✗ unshare(CLONE_NEWPID) = -1 EPERM (Operation not permitted)
  ✓ no CAP_SYS_ADMIN here
    → unshare user pid
  ? a seccomp filter
  ✗ not this: max_pid_namespaces is 0
";
    assert_eq!(turn(&failed, &at(Lang::En, 80)), wanted);
    let zh = turn(&failed, &at(Lang::Zh, 80));
    assert!(zh.contains("  ✓ 这里没有 CAP_SYS_ADMIN\n    → unshare user pid\n"), "{zh}");
    assert!(zh.ends_with("  ✗ 排除：max_pid_namespaces 为 0\n"), "{zh}");
    let ascii = turn(&failed, &Style { utf8: false, ..at(Lang::Zh, 80) });
    assert!(ascii.is_ascii() && ascii.contains("  v no CAP_SYS_ADMIN here\n    -> unshare"), "{ascii}");
}

#[test]
fn only_a_screen_cuts_a_long_call() {
    let long = Call {
        name: "execve".into(),
        args: vec![Arg::Str("/usr/bin/env".into()), Arg::Raw(format!("[{}]", "\"word\", ".repeat(30)))],
        answer: Ok(0),
    };
    let run = Turn { calls: vec![long.clone()], ..empty() };
    let cut = turn(&run, &at(Lang::En, 40));
    assert_eq!(cut, "  execve(\"/usr/bin/env\", [\"…ord\", ]) = 0\n");
    assert_eq!(turn(&run, &Style::plain(Lang::En)), format!("  {long}\n"));
}

#[test]
fn many_calls_are_shortened_but_never_a_failed_one() {
    let mut calls = vec![unshare("0", Ok(0)); 30];
    calls[15] = unshare("CLONE_NEWNS", Err(Errno::ENOSPC as i32));
    let run = Turn { calls, ..empty() };
    let drawn = turn(&run, &at(Lang::En, 80));
    assert_eq!(drawn.lines().count(), 14, "{drawn}");
    assert!(drawn.contains("✗ unshare(CLONE_NEWNS) = -1 ENOSPC") && drawn.contains("… 18 more calls"), "{drawn}");
    assert_eq!(turn(&run, &Style::plain(Lang::En)).lines().count(), 30);
}

#[test]
fn changes_say_what_came_went_and_waits() {
    let run = Turn {
        changes: vec![
            change("next.pid", "pid:[4026531836]", "pending"),
            change("hostname", "", "box\x1b[2J"),
            change("uid_map", "0 0 1", ""),
            change("cgroup.cpu", "/", "/a"),
            change("cgroup.memory", "/", "/a"),
        ],
        ..empty()
    };
    let wanted = "~ next.pid           pid:[host] → pending  begins with the next child
                     (4026531836)
+ hostname           box^[[2J
- uid_map            0 0 1
~ cgroup.cpu,memory  / → /a
";
    assert_eq!(turn(&run, &at(Lang::En, 80)), wanted);
}

#[test]
fn ends_are_told_when_they_matter() {
    let line = |end: End, lang| turn(&Turn { end, ..empty() }, &at(lang, 80));
    assert_eq!(line(End::Ran { exit: Exit::Status(0) }, Lang::En), "");
    assert_eq!(line(End::Ran { exit: Exit::Status(3) }, Lang::En), "✗ status 3\n");
    assert_eq!(line(End::Ran { exit: Exit::Signal(9) }, Lang::Zh), "✗ 被 SIGKILL 杀死\n");
    assert_eq!(
        line(End::ChildGone { exit: Exit::Status(0) }, Lang::En),
        "! the forked child ended (status 0); its parent is the subject again\n"
    );
    assert_eq!(
        line(End::SubjectGone { exit: Exit::Signal(9) }, Lang::Zh),
        "! 被观察进程已结束（被 SIGKILL 杀死）；已换上一个全新的\n"
    );
    let why = Msg::new("it would rename the machine", "这会给整台机器改名");
    assert_eq!(line(End::Refused { why }, Lang::Zh), "✗ 已拒绝，没有发出任何调用：这会给整台机器改名\n");
}

#[test]
fn notes_carry_signs() {
    let run = Turn {
        notes: vec![
            note(NoteKind::Did, "made", "已创建"),
            note(NoteKind::Next, "try fork", "试试 fork"),
            note(NoteKind::Careful, "PID 1 ignores ^C", "1 号进程不理会 ^C"),
        ],
        ..empty()
    };
    assert_eq!(turn(&run, &at(Lang::En, 80)), "  made\n→ try fork\n! PID 1 ignores ^C\n");
}

#[test]
fn lessons_compare_only_what_is_shown_and_written() {
    let run = Turn {
        output: "I am 1\n\x1b[31mred".into(),
        view: vec![Block::Grid(Grid {
            head: vec![], rows: vec![vec![Cell::new("uts"), Cell::msg(Msg::new("own", "自己的"))]]
        })],
        ..unshare_uts()
    };
    assert_eq!(plain_output(&run, Lang::En), "I am 1\n^[[31mred\nuts  own\n");
    assert_eq!(plain_output(&run, Lang::Zh), "I am 1\n^[[31mred\nuts  自己的\n");
    assert_eq!(plain_output(&unshare_uts(), Lang::En), "");
}

#[test]
fn of_a_path_below_a_long_one_only_the_rest_is_shown() {
    let style = Style { width: Some(60), ..Style::plain(Lang::En) };
    let upper = "/user.slice/user-1000.slice/user@1000.service/session.slice";
    let shown = |was: &str, is: &str| {
        one_change(&Change { what: "cgroup.memory".into(), was: was.into(), is: is.into() }, "cgroup.memory", &style)
    };
    let lower = format!("{upper}/boxlab-7/a-9");
    let (down, up) = (shown(upper, &lower), shown(&lower, upper));
    assert_eq!(down, "~ cgroup.memory  /user.slice/u…ession.slice → …/boxlab-7/a-9\n");
    assert_eq!(up, "~ cgroup.memory  …/boxlab-7/a-9 → /user.slice/u…ession.slice\n");
    assert_eq!(shown("/", "/boxlab-7/a-9"), "~ cgroup.memory  / → /boxlab-7/a-9\n", "what fits stays whole");
    assert!(down.lines().all(|line| width(line) <= 60));
}
