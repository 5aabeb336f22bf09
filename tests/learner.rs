//! A learner in a lesson, on a real terminal: wrong answers, other ways to the goal, back, play, a killed subject.

#![allow(clippy::disallowed_methods)]

mod needs;
mod terminal;

use nix::sys::termios::LocalFlags;
use terminal::Terminal;

/// Types a line and waits for what it shows; the prompt's footer is part of that.
fn types(terminal: &mut Terminal, line: &str, shows: &[&str]) {
    terminal.send(&format!("{line}\r"));
    shows.iter().for_each(|text| terminal.wait(text));
}

/// Presses keys.
fn keys(terminal: &mut Terminal, keys: &str, shows: &[&str]) {
    terminal.send(keys);
    shows.iter().for_each(|text| terminal.wait(text));
}

fn progress(terminal: &Terminal) -> String {
    std::fs::read_to_string(terminal.history().with_file_name("progress")).unwrap_or_default()
}

#[test]
fn enter_begins_the_first_lesson_and_a_host_name_is_changed() {
    if !needs::root() {
        return;
    }
    let mut terminal = Terminal::open(&[]);
    types(&mut terminal, "", &["1/7  subject", "step 1/7", "hint · back · play · skip · solution · reset · menu", "▸"]);
    types(&mut terminal, "", &["outside  inside", "Enter: on", "▸"]);
    // What has come can be read before a question hides the pane.
    types(&mut terminal, "hint", &["this step is done", "▸"]);
    types(&mut terminal, "", &["2/7  name-first", "step 2/7  answer: a letter", "▸"]);
    // No answer, then a wrong one.
    types(&mut terminal, "z", &["answer with a letter from a to b", "▸"]);
    types(&mut terminal, "a", &["noted", "3/7  name", "step 3/7", "▸"]);
    types(&mut terminal, "hostname box", &["refused", "not yet: hostname is", "step 3/7", "▸"]);
    // What is missing is said once for all that was typed together.
    let before = terminal.text().len();
    types(&mut terminal, "ps; ps; ps", &["not yet: hostname is", "step 3/7", "▸"]);
    assert_eq!(terminal.text()[before..].matches("not yet: hostname is").count(), 1);
    types(&mut terminal, "clone ipc", &["you are in the child now", "`exit` goes back", "▸"]);
    types(&mut terminal, "exit", &["parent", "step 3/7", "▸"]);
    types(&mut terminal, "hint", &["The order matters", "▸"]);
    types(&mut terminal, "hint", &["Type: unshare uts", "▸"]);
    // More than was asked for, in another way: the state counts.
    types(&mut terminal, "unshare uts mnt", &["not yet: hostname is", "▸"]);
    types(
        &mut terminal,
        "spawn hostname box",
        &["done", "you said “box", "in fact “what it was called before", "Enter: on", "▸"],
    );
    types(&mut terminal, "quit", &[]);
    assert_eq!(terminal.status(), 0);
    let kept = progress(&terminal);
    assert!(kept.contains("process/name-first missed") && kept.contains("process/name passed"), "{kept}");
}

#[test]
fn a_learner_goes_back_plays_loses_the_ground_and_comes_back() {
    if !needs::root() {
        return;
    }
    let mut terminal = Terminal::open(&[]);
    types(&mut terminal, "lesson process", &["step 1/7", "▸"]);
    types(&mut terminal, "ps", &["Enter: on", "▸"]);
    types(&mut terminal, "", &["2/7  name-first", "▸"]);
    types(&mut terminal, "b", &["3/7  name", "▸"]);
    types(&mut terminal, "skip", &["$ unshare uts", "$ hostname box", "Enter: on", "▸"]);
    types(&mut terminal, "back", &["$ ps", "3/7  name", "step 3/7", "▸"]);
    types(&mut terminal, "play", &["parked", "▸"]);
    types(&mut terminal, "kill KILL self", &["SIGKILL", "▸"]);
    types(&mut terminal, "resume", &["another one now", "3/7  name", "▸"]);
    types(&mut terminal, "hint", &["`reset` builds again what the steps before had built", "▸"]);
    // A line of the lesson is not run on a subject that lacks what came before.
    types(&mut terminal, "skip", &["built again first", "$ ps", "$ unshare uts", "$ hostname box", "Enter: on", "▸"]);
    // So it is where the ground is lost between two steps.
    types(&mut terminal, "kill KILL self", &["SIGKILL", "▸"]);
    types(&mut terminal, "", &["built again first", "$ unshare uts", "$ hostname box", "4/7  numbers", "▸"]);
    types(&mut terminal, "back", &["3/7  name", "▸"]);
    types(&mut terminal, "reset", &["3/7  name", "▸"]);
    types(&mut terminal, "play", &["parked", "▸"]);
    types(&mut terminal, "unshare net", &["CLONE_NEWNET) = 0", "▸"]);
    types(&mut terminal, "resume", &["in other namespaces than when you began to play", "3/7  name", "▸"]);
    types(&mut terminal, "menu", &["A container is a special process", "3/7", "resume", "▸"]);
    types(&mut terminal, "lesson nonsense", &["no lesson `nonsense`", "▸"]);
    types(&mut terminal, "progress export", &["| name | skipped |", "▸"]);
    types(&mut terminal, "progress forget", &["forgotten", "▸"]);
    assert_eq!(progress(&terminal), "");
    types(&mut terminal, "quit", &[]);
    assert_eq!(terminal.status(), 0);
}

#[test]
fn what_was_missed_is_asked_again_in_another_lesson_and_one_goes_on_where_one_left() {
    if !needs::root() {
        return;
    }
    let mut terminal = Terminal::open(&[]);
    types(&mut terminal, "lesson process", &["step 1/7", "▸"]);
    types(&mut terminal, "ps", &["Enter: on", "▸"]);
    types(&mut terminal, "", &["2/7", "▸"]);
    types(&mut terminal, "a", &["3/7  name", "▸"]);
    terminal.send("quit\r");
    assert_eq!(terminal.status(), 0);
    let mut terminal = terminal.reopen();
    types(&mut terminal, "", &["You left at step 3", "$ ps", "3/7  name", "▸"]);
    types(&mut terminal, "lesson limits", &["asked once more: lesson 1  A container is a special process", "a) box", "▸"]);
    types(&mut terminal, "b", &["right", "step 1/8", "▸"]);
    // The unit forgotten: the subject is killed, and what did it is said.
    types(
        &mut terminal,
        "cgroup set memory.max 64",
        &["Did you mean 64M?", "killed by SIGKILL", "the OOM killer did it: memory.max", "▸"],
    );
    types(&mut terminal, "cgroup set memory.max 65536K", &["done", "Enter: on", "▸"]);
    terminal.send("quit\r");
    assert_eq!(terminal.status(), 0);
    assert!(progress(&terminal).contains("process/name-first right"));
    // The lesson that was left last is the one that goes on.
    let mut terminal = terminal.reopen();
    types(&mut terminal, "", &["You left at step 2", "2/", "▸"]);
    terminal.send("quit\r");
    assert_eq!(terminal.status(), 0);
}

#[test]
fn a_lesson_is_opened_from_the_command_line() {
    if !needs::root() {
        return;
    }
    let mut terminal = Terminal::with(&[], &["lesson", "process", "--no-pane"], (100, 30));
    for text in ["leaves", "lesson 1  A container", "1/7  subject", "step 1/7", "▸"] {
        terminal.wait(text);
    }
    types(&mut terminal, "quit", &[]);
    assert_eq!(terminal.status(), 0);
    let mut terminal = Terminal::with(&[], &["--no-pane", "lesson"], (100, 30));
    terminal.wait("A container by hand");
    terminal.wait("`lesson N` begins one");
    terminal.wait_prompt();
    types(&mut terminal, "quit", &[]);
    assert_eq!(terminal.status(), 0);
}

#[test]
fn where_a_step_asks_for_reset_it_is_done_once_and_then_begins_the_step_anew() {
    if !needs::root() {
        return;
    }
    let mut terminal = Terminal::open(&[]);
    types(&mut terminal, "lesson three-calls", &["1/13", "▸"]);
    for _ in 0..30 {
        types(&mut terminal, "skip", &["step ", "▸"]);
        if terminal.text().contains("12/13  pin") {
            break;
        }
    }
    // The pin forgotten: the namespace is gone, and the step can be had again.
    types(&mut terminal, "subject use a", &["step 12/13", "▸"]);
    types(&mut terminal, "hostname kept", &["step 12/13", "▸"]);
    types(&mut terminal, "reset", &["a fresh process now", "`reset` begins this step anew", "▸"]);
    types(&mut terminal, "reset", &["$ unshare uts", "12/13  pin", "▸"]);
    for line in ["subject use a", "hostname kept", "pin uts box"] {
        types(&mut terminal, line, &["step 12/13", "▸"]);
    }
    types(&mut terminal, "back", &["11/13", "▸"]);
    types(&mut terminal, "b", &["12/13  pin", "▸"]);
    for line in ["subject use a", "hostname kept"] {
        types(&mut terminal, line, &["step 12/13", "▸"]);
    }
    // What was pinned before going back is let go of.
    types(&mut terminal, "pin uts box", &["stays now until", "▸"]);
    types(&mut terminal, "reset", &["step 12/13", "▸"]);
    types(&mut terminal, "setns box", &["done", "Enter: on", "▸"]);
    types(&mut terminal, "quit", &[]);
    assert_eq!(terminal.status(), 0);
}

#[test]
fn a_child_that_is_left_is_missed_and_the_invitation_at_the_end_can_be_followed() {
    if !needs::root() {
        return;
    }
    let mut terminal = Terminal::open(&[]);
    types(&mut terminal, "lesson pid", &["It builds on `lesson 6`.", "step 1/18", "▸"]);
    types(&mut terminal, "unshare pid", &["not yet: pid is", "▸"]);
    types(&mut terminal, "fork", &["done", "Enter: on", "▸"]);
    types(&mut terminal, "", &["2/18  guess-ps", "▸"]);
    types(&mut terminal, "a", &["noted", "3/18", "▸"]);
    types(&mut terminal, "exit", &["another process than when this step began", "▸"]);
    // What should be looked at is not looked at in the parent: the child is made again first, and the prediction is kept.
    types(&mut terminal, "", &["built again first", "$ unshare pid", "$ fork", "3/18", "▸"]);
    types(&mut terminal, "", &["you said “two", "Enter: on", "▸"]);
    types(&mut terminal, "", &["4/18  self", "▸"]);
    // A question passes nothing on to the next step but the ground that it stands on.
    types(&mut terminal, "exit", &["its parent is the subject", "▸"]);
    types(&mut terminal, "a", &["noted", "built again first", "$ fork", "5/18", "▸"]);
    types(&mut terminal, "", &["you said “to the process whose shell", "Enter: on", "▸"]);
    types(&mut terminal, "", &["6/18", "▸"]);
    // Before a question one waits for Enter, or for another skip.
    let steps =
        ["7", "Enter: on", "8", "9", "Enter: on", "10", "11", "12", "13", "Enter: on", "14", "15", "16", "Enter: on", "17"];
    for step in steps {
        let shows = if step.len() < 3 { format!("step {step}/18") } else { step.into() };
        types(&mut terminal, "skip", &[&shows, "▸"]);
    }
    types(&mut terminal, "c", &["noted", "18/18  dead", "▸"]);
    // The invitation comes last, and a fresh subject is a fresh one there.
    types(&mut terminal, "spawn true", &["ENOMEM", "in fact", "`explain ENOMEM`", "Enter: on", "▸"]);
    types(&mut terminal, "reset", &["Enter: on", "▸"]);
    types(&mut terminal, "unshare pid", &["CLONE_NEWPID) = 0", "▸"]);
    types(&mut terminal, "", &["the end of this lesson", "▸"]);
    // What was missed and then skipped is asked again all the same.
    types(&mut terminal, "lesson pid", &["step 1/18", "▸"]);
    for shows in ["Enter: on", "step 2/18", "step 3/18"] {
        types(&mut terminal, "skip", &[shows, "▸"]);
    }
    types(&mut terminal, "lesson uts", &["asked once more: lesson 8", "does ps list?", "asked once more  answer: a letter", "▸"]);
    types(&mut terminal, "solution", &["all that run on this machine", "▸"]);
    terminal.send("quit\r");
    assert_eq!(terminal.status(), 0);
}

#[test]
fn a_teacher_presents_with_enter_alone_and_a_class_votes() {
    if !needs::root() {
        return;
    }
    let present = ["lesson", "process", "--present", "--notes", "--poll", "--no-pane"];
    let mut terminal = Terminal::with(&[], &present, (100, 30));
    ["━━━", "The kernel has no such thing", "Enter: on", "▸"].iter().for_each(|text| terminal.wait(text));
    types(&mut terminal, "", &["T  The two columns are equal now", "Enter: type it, run it", "▸"]);
    types(&mut terminal, "", &["▸ ps"]);
    types(&mut terminal, "", &["outside  inside", "Enter: on", "▸"]);
    types(&mut terminal, "", &["2/7  name-first", "Host names are the matter", "▸"]);
    types(&mut terminal, "12 5", &["type the votes, e.g. a 12 b 5", "votes: a 12 b 5", "▸"]);
    types(&mut terminal, "", &["type the votes, e.g. a 12 b 5", "▸"]);
    types(&mut terminal, "a12 b5", &["17 votes", "Enter: on", "▸"]);
    types(&mut terminal, "", &["3/7  name", "▸"]);
    types(&mut terminal, "", &["▸ unshare uts"]);
    // The teacher takes over before the line has run, and gives back on an empty line; the line comes again.
    keys(&mut terminal, "\t", &["you type", "▸"]);
    types(&mut terminal, "show /proc/self/comm", &["boxlab-subject", "you type", "▸"]);
    keys(&mut terminal, "\t", &["3/7  name", "Enter: type it, run it", "▸"]);
    types(&mut terminal, "", &["▸ unshare uts"]);
    types(&mut terminal, "", &["CLONE_NEWUTS) = 0", "Enter: type it, run it", "▸"]);
    types(&mut terminal, "", &["▸ hostname box"]);
    types(&mut terminal, "", &["done", "✗ ████", "12  box", "✓ ████", "5  what it was called before", "Enter: on", "▸"]);
    // By step: on, back, and on again with what is left of the step.
    keys(&mut terminal, "\x1b[C", &["4/7  numbers", "▸"]);
    keys(&mut terminal, "\x1b[D", &["$ ps", "3/7  name", "▸"]);
    types(&mut terminal, "", &["▸ unshare uts"]);
    // Ctrl-C clears the line, and it comes again.
    terminal.until("the editor reads", |terminal| !terminal.flag(LocalFlags::ICANON));
    keys(&mut terminal, "\x03", &["step 3/7"]);
    terminal.wait_prompt();
    types(&mut terminal, "", &["▸ un"]);
    // Who cannot wait presses Enter while it is typed: it stands there at once, and is not run yet.
    keys(&mut terminal, "\r", &["▸ unshare uts"]);
    keys(&mut terminal, "x", &["▸ unshare utsx"]);
    keys(&mut terminal, "\x7f", &["▸ unshare uts"]);
    types(&mut terminal, "", &["CLONE_NEWUTS) = 0", "▸"]);
    keys(&mut terminal, "\x1b[C", &["$ hostname box", "One process, one link", "Enter: on", "▸"]);
    terminal.send("quit\r");
    assert_eq!(terminal.status(), 0);
    assert!(!terminal.text().contains("you said"), "a class is many");
    assert_eq!(progress(&terminal), "", "what a class saw is nothing that the teacher learnt");
}

#[test]
fn presenting_begins_at_the_beginning_and_leaves_the_record_as_it_was() {
    if !needs::root() {
        return;
    }
    let mut terminal = Terminal::open(&[]);
    types(&mut terminal, "lesson process", &["step 1/7", "▸"]);
    types(&mut terminal, "ps", &["Enter: on", "▸"]);
    types(&mut terminal, "", &["2/7", "▸"]);
    types(&mut terminal, "a", &["3/7  name", "▸"]);
    let kept = progress(&terminal);
    types(&mut terminal, "lesson process --poll", &["1/7  subject", "▸"]);
    types(&mut terminal, "ps", &["Enter: on", "▸"]);
    types(&mut terminal, "", &["2/7", "▸"]);
    types(&mut terminal, "b 3", &["3/7  name", "▸"]);
    types(&mut terminal, "skip", &["3  what it was called before", "Enter: on", "▸"]);
    types(&mut terminal, "lesson limits --present", &["━━━", "Enter: on", "▸"]);
    for _ in 0..40 {
        keys(&mut terminal, "\x1b[C", &["▸"]);
        if terminal.text().contains("the end of this lesson") {
            break;
        }
    }
    assert!(terminal.text().contains("the end of this lesson\r"), "no marks are counted");
    assert_eq!(progress(&terminal), kept);
    // The learner's own place is where it was.
    types(&mut terminal, "lesson process", &["You left at step 3", "3/7  name", "▸"]);
    types(&mut terminal, "lesson --notes", &["3/7  name", "▸"]);
    types(&mut terminal, "back", &["2/7", "▸"]);
    types(&mut terminal, "back", &["1/7", "T  The two columns", "▸"]);
    types(&mut terminal, "quit", &[]);
    assert_eq!(terminal.status(), 0);
}

/// What is typed while a lesson's lines run stands at the next prompt, and not in the middle of what comes.
#[test]
fn what_is_typed_ahead_stands_at_the_next_prompt() {
    if !needs::root() {
        return;
    }
    let file = std::env::temp_dir().join(format!("boxlab-ahead-{}.txt", std::process::id()));
    let text = "lesson 1\nid ahead\ntitle en T | zh T\n== one\nen Work. | zh W。\n$ load cpu 1 1\nhint en `load cpu 1 1` | zh `load cpu 1 1`\n\
                == two\nen Play. | zh P。\n$ hostname\nhint en `hostname` | zh `hostname`\n";
    std::fs::write(&file, text).expect("a file");
    let mut terminal = Terminal::open(&[]);
    types(&mut terminal, &format!("lesson {}", file.display()), &["once more begins it", "▸"]);
    types(&mut terminal, &format!("lesson {}", file.display()), &["step 1/2"]);
    for (line, runs, ahead) in
        [("load cpu 1 1", "", "zw"), ("reset", "$ load cpu 1 1", "zx"), ("back", "", "zy"), ("skip", "$ load cpu 1 1", "zz")]
    {
        terminal.wait_prompt();
        terminal.send(&format!("{line}\r"));
        terminal.wait(line);
        terminal.until("the line is not edited any more", |terminal| terminal.flag(LocalFlags::ICANON));
        terminal.wait(runs);
        assert!(!terminal.flag(LocalFlags::ECHO), "{line}");
        let seen = terminal.text().len();
        terminal.send(ahead);
        terminal.wait(ahead);
        // It is there as if it had been typed at the prompt; what is drawn again with each key begins with that.
        let came = terminal.text()[seen..].to_string();
        let before = came.split('▸').next().unwrap_or_default();
        assert!(!before.contains(ahead), "after `{line}` it stands in the middle: {before}");
        terminal.send("\x03");
    }
    // A program that has the terminal echoes as it always does.
    terminal.wait_prompt();
    terminal.send("spawn cat\r");
    terminal.wait_foreground();
    terminal.send("twice\r");
    terminal.wait("twice\r\ntwice");
    terminal.send("\x04");
    terminal.wait_prompt();
    terminal.send("quit\r");
    assert_eq!(terminal.status(), 0);
    assert!(terminal.flag(LocalFlags::ECHO), "the terminal is as it was found");
    std::fs::remove_file(&file).expect("it is there");
}

#[test]
fn what_an_author_does_is_recorded_and_enter_begins_no_lesson_meanwhile() {
    if !needs::root() {
        return;
    }
    let file = std::env::temp_dir().join(format!("boxlab-recorded-{}.txt", std::process::id()));
    let name = file.to_str().expect("its name is plain");
    let mut terminal = Terminal::with(&[], &["lesson", "record", name], (100, 30));
    terminal.wait("a step for each line");
    terminal.wait_prompt();
    for line in ["", "unshare uts", "hep", "hostname box", "quit"] {
        types(&mut terminal, line, &[]);
        if line != "quit" {
            terminal.wait("\n");
            terminal.wait_prompt();
        }
    }
    assert_eq!(terminal.status(), 0);
    assert!(!terminal.text().contains("step 1/"), "{}", terminal.text());
    let text = std::fs::read_to_string(&file).expect("it was written");
    std::fs::remove_file(&file).expect("it is there");
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("$ ") || line.starts_with("assert")).collect();
    assert_eq!(lines, ["$ unshare uts", "assert   changed(ns.uts)", "$ hostname box", "assert   hostname == box"]);
}
