//! The reader: the whole format, and all mistakes at once.

use super::*;
use crate::lesson::format::Like;
use crate::lesson::format::head::HEAD;

const WHOLE: &str = "\
lesson 1
id       pid-unshare
title    en Who moved? | zh 谁搬家了？
needs    ns:pid  cap:sys_admin|userns
after    process
source   seed:Namespace 的创建 | pid_namespaces(7)
exposes  M01 M03
minutes  8
en Opening
en words.
zh 开场
zh 白。

== look
en The pane shows two links.
zh 侧栏显示两个链接。
$ show ns pid
  pid               pid:[{A}]
  ...
  [a-z]+ (re)
  x* (glob)

== guess  predict
en In which PID namespace is this process afterwards?
zh 之后进程在哪个 PID 命名空间？
( ) en the new one | zh 新的
    en Its PID would have to change.
    zh 那样 PID 就得改变。
(x) en the old one | zh 原来的

== do
skip unless kernel>=3.8  en too old | zh 内核太旧
$ unshare pid
assert   ns.pid == base.ns.pid
assert   ns.pid_for_children == none
hint     en Compare both links. | zh 比较两个链接。
hint     en Type: unshare pid | zh 输入：unshare pid
hint     when changed(ns.uts)  en That was uts. | zh 你改的是 uts。
teacher  en Wait here. | zh 在此停一下。

== dead-init  observe
en See. | zh 看。
$ spawn true
$ spawn true
  ! ENOMEM
en After. | zh 之后。
try      en Type: explain ENOMEM | zh 输入：explain ENOMEM

== number  quiz
en How many bytes? | zh 多少字节？
(=) 64M|67108864
";

#[test]
fn the_whole_format_is_read() {
    let lesson = read(WHOLE).unwrap_or_else(|faults| panic!("{faults:?}"));
    assert_eq!(lesson.title, Msg::new("Who moved?", "谁搬家了？"));
    assert_eq!(lesson.opening[0].text, Msg::new("Opening words.", "开场白。"));
    assert_eq!(lesson.source, ["seed:Namespace 的创建", "pid_namespaces(7)"]);
    let [look, guess, act, dead, number] = lesson.steps.as_slice() else { panic!("{} steps", lesson.steps.len()) };
    let shows = &look.commands().next().expect("a command").shows;
    assert_eq!(shows.iter().map(|one| one.like).collect::<Vec<_>>(), [Like::Literal, Like::Any, Like::Regex, Like::Glob]);
    assert_eq!(guess.kind, StepKind::Predict);
    assert!(guess.choices[1].right && !guess.choices[0].feedback.is_empty() && guess.choices[1].feedback.is_empty());
    assert_eq!((act.asserts.len(), act.hints.len(), act.skips.len(), act.teacher.len()), (2, 3, 1, 1));
    assert!(act.hints[2].when.is_some());
    assert_eq!(dead.commands().last().map(|command| command.ends.clone()), Some(Ends::Errno("ENOMEM".into())));
    assert_eq!((dead.before().count(), dead.after().count(), dead.tries.len()), (1, 1, 1));
    assert_eq!(number.answers, ["64M", "67108864"]);
}

#[test]
fn all_mistakes_are_told_at_once_with_their_places() {
    let text = "\
lesson 1
id  X
titel en A | zh 甲
needs rooot
== a
en only English
$ spawn true
  ! ENOSENSE
assert ns.pdi == none
== a  qiz
en B | zh 乙
( ) en one | zh 一
( ) en two | zh 二
bogus
== c
   odd
hint en no Chinese
";
    let faults = read(text).expect_err("it is full of mistakes");
    let places: Vec<(usize, usize)> = faults.iter().map(|fault| (fault.line, fault.column)).collect();
    assert_eq!(
        places,
        [
            (1, 1),
            (2, 5),
            (3, 1),
            (4, 7),
            (6, 1),
            (8, 5),
            (9, 8),
            (10, 4),
            (10, 4),
            (10, 4),
            (10, 7),
            (14, 1),
            (15, 4),
            (16, 4),
            (17, 19)
        ]
    );
    assert!(faults.iter().all(|fault| !fault.what.zh.is_empty()));
}

#[test]
fn a_fault_is_shown_as_a_compiler_shows_it() {
    let text = "lesson 1\nid a\ntitle en A | zh 甲\nneeds root 控制组\n== a\nen x | zh y\n";
    let faults = read(text).expect_err("one mistake");
    let shown = faults[0].show("a.txt", text, crate::model::Lang::En, crate::ui::visible, crate::ui::width);
    assert!(shown.contains("--> a.txt:4:12\n  |\n4 | needs root 控制组\n  |            ^\n"), "{shown}");
}

#[test]
fn any_text_is_read_or_refused_and_never_panics() {
    for cut in 0..WHOLE.len() {
        if WHOLE.is_char_boundary(cut) {
            let _ = read(&WHOLE[..cut]);
            let _ = read(&WHOLE[cut..]);
        }
    }
    for line in MARKS.iter().chain(&HEAD) {
        let _ = read(&format!("lesson 1\n{line}\n== a\n{line}\n{line} \u{1b}[2J | zh\n  {line}\n"));
    }
}
