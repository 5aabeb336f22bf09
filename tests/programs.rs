//! Programs that people use in a terminal, at the left of the pane: each draws, hears its keys, follows a resize and gives the screen back.

// The terminal that tests share signals from outside, as the machine does.
#![allow(clippy::disallowed_methods)]

mod terminal;

use std::path::Path;
use terminal::Terminal;

const SIZE: (u16, u16) = (120, 36);
const ESC: &str = "\x1b";
const CTRL_A: &str = "\x01";
const CTRL_R: &str = "\x12";

/// The bench with this program running; nothing where the machine does not have it.
fn with(program: &str, args: &str, drawn: &str) -> Option<Terminal> {
    let found = ["/usr/bin", "/bin"].iter().any(|dir| Path::new(dir).join(program).exists());
    if !found {
        println!("skipped: needs {program}");
        return None;
    }
    let mut terminal = Terminal::screen(&[("LANG", "C.UTF-8"), ("LC_ALL", "C.UTF-8")], SIZE);
    terminal.wait_view("Ctrl-]");
    terminal.wait_idle();
    terminal.send(&format!("spawn {program} {args}\r"));
    terminal.wait_view(drawn);
    Some(terminal)
}

/// After the program's end the prompt is there again, beside the pane, and nothing of the program's modes is left.
fn back(mut terminal: Terminal) {
    terminal.wait_view("wait4(");
    terminal.wait_idle();
    terminal.wait_view("tree: outside(inside)");
    terminal.send("quit\r");
    assert_eq!(terminal.status(), 0);
    terminal.until("all modes are as before", |terminal| terminal.view.left_on().is_empty());
    terminal.wait_nothing_left();
}

#[test]
fn bash_edits_completes_and_searches() {
    let Some(mut terminal) = with("bash", "--norc --noprofile", "└ ") else { return };
    terminal.send(&format!("cho o''ne t''wo{CTRL_A}e\r"));
    terminal.wait_view("one two");
    terminal.send("echo /proc/versio\t\r");
    terminal.wait_view("/proc/version");
    terminal.send(CTRL_R);
    terminal.wait_view("reverse-i-search");
    terminal.send("cho o\r");
    terminal.until("the line ran again", |terminal| {
        terminal.view.lines().iter().filter(|line| line.starts_with("one two")).count() == 2
    });
    terminal.send("exit\r");
    back(terminal);
}

#[test]
fn vi_writes_wide_letters_and_follows_a_resize() {
    let Some(mut terminal) = with("vi", "-u NONE -n", "~") else { return };
    terminal.send(&format!("ihello 世界{ESC}"));
    terminal.wait_view("hello 世界");
    terminal.resize(100, 30);
    terminal.until("it has drawn itself anew", |terminal| {
        let lines = terminal.view.lines();
        lines.len() == 30 && lines[0].starts_with("hello 世界") && lines[1].starts_with('~')
    });
    terminal.send(":q!\r");
    back(terminal);
}

#[test]
fn less_searches_and_goes_to_the_end() {
    let Some(mut terminal) = with("less", "-S /proc/self/limits", "Max cpu time") else { return };
    terminal.send("/Max realtime timeout\r");
    terminal.wait_view("(END)");
    terminal.send("q");
    back(terminal);
}

#[test]
fn top_draws_beside_the_pane() {
    let Some(mut terminal) = with("top", "-d 1", "load average") else { return };
    terminal.resize(130, 30);
    terminal.wait_view("load average");
    terminal.send("q");
    back(terminal);
}

#[test]
fn htop_has_its_colours_and_keys() {
    let Some(mut terminal) = with("htop", "", "Load average") else { return };
    terminal.send("q");
    back(terminal);
}

#[test]
fn dialog_draws_its_lines_and_hears_arrows() {
    let Some(mut terminal) = with("dialog", "--stdout --menu Choose 12 40 3 one First two Second", "Second") else { return };
    terminal.wait_view("┌");
    terminal.send(&format!("{ESC}[B\r"));
    terminal.wait_view("two");
    back(terminal);
}
