//! The screen on a real terminal: what people do in one works at the left, the pane lives at the right, and whatever dies, the
//! terminal is itself again.

// A test plays the machine, not the bench: it signals from outside.
#![allow(clippy::disallowed_methods)]

mod needs;
mod terminal;

use alacritty_terminal::term::TermMode;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use terminal::{Terminal, child};

const SIZE: (u16, u16) = (120, 36);
/// A signal makes a process panic, in few words.
const PROVOKED: &[(&str, &str)] = &[("BOXLAB_TEST_PANIC", "1"), ("RUST_BACKTRACE", "0")];
const PREFIX: &str = "\x1d";

fn open() -> Terminal {
    open_with(&[])
}

fn open_with(env: &[(&str, &str)]) -> Terminal {
    let mut terminal = Terminal::screen(env, SIZE);
    terminal.wait_view("Ctrl-]");
    terminal.wait_idle();
    terminal
}

fn line(terminal: &mut Terminal, text: &str) {
    terminal.send(&format!("{text}\r"));
}

/// Waits until what the second terminal shows is so; one that nobody reads from fills up, so both are read.
fn beside(terminal: &mut Terminal, second: &mut Terminal, is: fn(&str) -> bool) {
    terminal.until("the second terminal shows it", |_| {
        second.read();
        is(&second.view.lines().join("\n"))
    });
}

fn signal(pid: i32, signal: Signal) {
    kill(Pid::from_raw(pid), signal).expect("it lives");
}

/// The terminal as its owner left it: modes of the line, screen, mouse, cursor.
fn is_itself(terminal: &mut Terminal) {
    terminal
        .until("all modes are as before", |terminal| terminal.modes() == terminal.found() && terminal.view.left_on().is_empty());
}

/// Keeper, screen, shell and subject.
fn pids(terminal: &Terminal) -> [i32; 4] {
    let (keeper, screen, shell) = terminal.pids();
    [keeper, screen, shell, child(shell)]
}

#[test]
fn the_pane_stands_beside_the_prompt_and_names_its_keys() {
    let mut terminal = open();
    for text in ["│", "uts    host", "tree: outside(inside)", "p hide"] {
        terminal.wait_view(text);
    }
    line(&mut terminal, "quit");
    assert_eq!(terminal.status(), 0);
    is_itself(&mut terminal);
    // The last screen stays in the terminal's own scroll-back.
    terminal.wait_view("▸ quit");
    terminal.wait_nothing_left();
}

#[test]
fn a_change_is_marked_and_named() {
    let mut terminal = open();
    line(&mut terminal, "unshare user uts");
    terminal.wait_view("~ uts    a1");
    terminal.wait_view("UID");
    line(&mut terminal, "subject new b");
    terminal.wait_view("*b ");
    terminal.wait_view("≠");
}

#[test]
fn a_name_that_one_subject_changes_is_that_of_all_who_share_it() {
    let mut terminal = open();
    for typed in ["unshare uts", "hostname box", "subject new b", "setns a uts"] {
        line(&mut terminal, typed);
    }
    terminal.wait_view("b hostname");
    line(&mut terminal, "hostname ours");
    terminal.until("both are ours", |terminal| {
        ["a hostname", "b hostname"].iter().all(|side| {
            terminal.view.lines().iter().any(|line| line.split(side).nth(1).is_some_and(|rest| rest.contains("ours")))
        })
    });
}

#[test]
fn the_pane_lives_while_a_program_runs() {
    let mut terminal = open();
    line(&mut terminal, "spawn sh");
    terminal.wait_view("└ ");
    line(&mut terminal, "sleep 4321 &");
    // Nothing was typed at the prompt of the bench meanwhile.
    terminal.wait_view("sleep 4321");
    line(&mut terminal, "exec 3>&1; sh -c 'exec true' & sleep 0.3; exit");
    terminal.wait_idle();
}

#[test]
fn a_name_with_an_escape_sequence_is_shown_not_obeyed() {
    let mut terminal = open();
    line(&mut terminal, "spawn -b bash -c 'exec -a $(printf \"e\\033]0;owned\\007vil\") sleep 4321'");
    terminal.wait_view("e^[]0;owned^Gvil");
    assert!(!terminal.raw.contains("\x1b]0;owned"), "the terminal got it raw");
}

#[test]
fn alternate_screen_mouse_and_cursor_keys_are_the_programs() {
    let mut terminal = open();
    line(
        &mut terminal,
        "spawn sh -c 'stty raw -echo; printf \"\\033[?1049h\\033[?1h\\033[?1002h\\033[?1006h\\033[4 qfull\"; dd bs=1 count=10 2>/dev/null | od -An -tx1; printf \"\\033[?1002l\\033[?1l\\033[?1049l\"'",
    );
    terminal.wait_view("full");
    terminal.until("the modes are the program's", |terminal| {
        terminal.view.mode().contains(TermMode::APP_CURSOR | TermMode::MOUSE_DRAG | TermMode::SGR_MOUSE)
    });
    terminal.until("the shape of the cursor", |terminal| terminal.raw.contains("\x1b[4 q"));
    // Over the pane it is not the program's.
    terminal.send("\x1b[<0;110;3M\x1b[<0;10;3M");
    terminal.wait_idle();
    terminal.until("the mouse is the bench's again", |terminal| !terminal.view.mode().contains(TermMode::MOUSE_DRAG));
    assert!(terminal.view.lines().iter().any(|line| line.contains("▸")));
}

#[test]
fn titles_bells_and_the_clipboard_reach_the_terminal() {
    let mut terminal = open();
    line(&mut terminal, "spawn printf '\\033]2;a title\\033\\\\\\007\\033]52;c;Zm9v\\007'");
    terminal.until("all of them came", |terminal| {
        ["\x1b]2;a title\x1b\\", "\x07", "\x1b]52;c;Zm9v\x1b\\"].iter().all(|text| terminal.raw.contains(text))
    });
}

#[test]
fn a_program_killed_on_the_alternate_screen_leaves_it() {
    let mut terminal = open();
    line(&mut terminal, "spawn sh -c 'printf \"\\033[?1049h\\033[?25lfull\"; kill -9 $$'");
    terminal.wait_view("killed by SIGKILL");
    terminal.wait_idle();
    terminal.until("the cursor is shown", |terminal| terminal.view.mode().contains(TermMode::SHOW_CURSOR));
    assert!(terminal.view.lines().iter().any(|line| line.contains("boxlab: each command")), "the normal screen");
}

#[test]
fn ctrl_z_fg_and_ctrl_c_are_for_the_program() {
    let mut terminal = open();
    line(&mut terminal, "spawn sh -c \"echo rea''dy; exec sleep 1000\"");
    terminal.wait_view("ready");
    terminal.send("\x1a");
    terminal.wait_view("`fg` goes on with it");
    terminal.wait_view("T stopped");
    terminal.wait_idle();
    line(&mut terminal, "fg");
    terminal.until("it goes on", |terminal| !terminal.view.lines().iter().any(|line| line.contains("T stopped")));
    terminal.send("\x03");
    terminal.wait_view("killed by SIGINT");
}

/// The row of the last prompt, if nothing is typed at it.
fn bare_prompt(terminal: &Terminal) -> Option<usize> {
    let lines = terminal.view.lines();
    let left = |line: &String| line.split('│').next().unwrap_or_default().trim_end().to_string();
    let (row, last) = lines.iter().map(left).enumerate().rfind(|(_, line)| !line.is_empty())?;
    last.ends_with('▸').then_some(row)
}

#[test]
fn ctrl_c_right_after_enter_is_not_lost() {
    let mut terminal = open();
    let subject = pids(&terminal)[3];
    let rounds = std::env::var("BOXLAB_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(40);
    for round in 0..rounds {
        terminal.send("\x0c");
        terminal.until("a clear screen", |terminal| bare_prompt(terminal) == Some(0));
        match round % 4 {
            0 => terminal.send("spawn sleep 1000\r\x03"),
            spread => {
                line(&mut terminal, "spawn sleep 1000");
                std::thread::sleep(std::time::Duration::from_micros(round * 131 % [0, 1000, 8000, 50000][spread as usize]));
                terminal.send("\x03");
            }
        }
        terminal.until(&format!("no program and a new prompt in round {round}"), |terminal| {
            bare_prompt(terminal).is_some_and(|row| row > 0) && terminal::children(subject).is_empty()
        });
    }
}

#[test]
fn a_key_kills_a_pid_1_that_ignores_ctrl_c() {
    if !needs::root() {
        return;
    }
    let mut terminal = open();
    line(&mut terminal, "unshare pid");
    terminal.wait_view("pending");
    terminal.wait_idle();
    line(&mut terminal, "spawn sleep 1000");
    terminal.wait_view("(1) sleep 1000");
    terminal.wait_view("PID 1 ignores Ctrl-C");
    terminal.send("\x03");
    terminal.wait_view("the kernel drops Ctrl-C");
    let subject = pids(&terminal)[3];
    terminal.send(&format!("{PREFIX}k"));
    terminal.wait_view("killed by SIGKILL");
    terminal.wait_idle();
    // It waits in the program's process group, and must not go with it.
    assert_eq!(pids(&terminal)[3], subject, "{:#?}", terminal.view.lines());
}

#[test]
fn the_pane_is_hidden_by_a_key_and_that_is_remembered() {
    let mut terminal = open();
    terminal.send(&format!("{PREFIX}p"));
    terminal.until("it is gone", |terminal| !terminal.view.lines().iter().any(|line| line.contains('│')));
    terminal.until("text can be selected", |terminal| !terminal.view.mode().intersects(TermMode::MOUSE_MODE));
    line(&mut terminal, "spawn stty size");
    terminal.wait_view("36 120");
    let mut again = terminal.reopen_screen(SIZE);
    again.wait_idle();
    assert!(!again.view.lines().iter().any(|line| line.contains('│')));
    line(&mut again, "pane right");
    again.wait_view("│");
    line(&mut again, "pane width 50");
    again.wait_idle();
    line(&mut again, "spawn stty size");
    again.wait_view("36 69");
    line(&mut again, "pane bottom");
    again.wait_view("host's: user mnt pid net");
}

#[test]
fn the_pane_tells_a_dead_pid_namespace_and_what_other_mounts_and_devices_there_are() {
    if !needs::root() {
        return;
    }
    let mut terminal = open();
    line(&mut terminal, "unshare pid mnt net");
    terminal.wait_view("pending with the next child");
    line(&mut terminal, "spawn true");
    terminal.wait_view("a1 dead");
    line(&mut terminal, "mount tmpfs /mnt");
    terminal.wait_view("+/mnt");
    terminal.until("the devices stand there", |terminal| {
        terminal.view.lines().iter().any(|line| line.contains("links") && line.trim_end().ends_with("│ lo"))
    });
}

#[test]
fn a_host_name_that_a_program_changes_is_seen_while_the_program_runs() {
    if !needs::root() {
        return;
    }
    let mut terminal = open();
    line(&mut terminal, "unshare uts");
    terminal.wait_view("CLONE_NEWUTS");
    line(&mut terminal, "spawn sh");
    terminal.wait_view("└ ");
    line(&mut terminal, "hostname zork");
    terminal.wait_view("│ zork");
}

#[test]
fn an_init_that_nobody_has_waited_for_is_no_init() {
    if !needs::root() {
        return;
    }
    let mut terminal = open();
    line(&mut terminal, "unshare pid");
    terminal.wait_view("pending with the next child");
    line(&mut terminal, "spawn -b true");
    terminal.wait_view("Z zombie");
    terminal.wait_view("a1 dead");
    line(&mut terminal, "spawn true");
    terminal.wait_view("✓ the PID namespace in which children would be born");
}

#[test]
fn a_paste_is_not_obeyed() {
    let mut terminal = open();
    terminal.until("pastes are told from keys", |terminal| terminal.view.mode().contains(TermMode::BRACKETED_PASTE));
    terminal.send("\x1b[200~history \x1dp\x1b[201~");
    terminal.wait_view("history");
    terminal.send("\x15");
    line(&mut terminal, "subject list");
    terminal.wait_view("its own");
    assert!(terminal.view.lines()[0].contains('│'), "the pane is still there");
}

#[test]
fn one_scrolls_back_with_a_mark_and_any_key_returns() {
    let mut terminal = open();
    line(&mut terminal, "spawn seq 1000 1099");
    terminal.wait_view("1099");
    terminal.wait_idle();
    for up in ["\x1b[<64;5;5M", "\x1b[5~"] {
        terminal.send(up);
        terminal.wait_view("lines up");
        terminal.send("x");
        terminal.until("back at the end", |terminal| !terminal.view.lines().iter().any(|line| line.contains("lines up")));
        terminal.send("\x15");
    }
}

#[test]
fn every_size_at_any_moment_leaves_one_prompt() {
    let mut terminal = open();
    terminal.send("history a line that is long enough to be wrapped at some of these widths, but not at all of them");
    terminal.wait_view("all of them");
    for (columns, rows) in
        [(100, 30), (70, 24), (40, 10), (130, 40), (97, 25), (1, 1), (60, 20), (3, 2), (0, 0), (200, 50), (80, 24)]
    {
        terminal.resize(columns, rows);
        // What is drawn is not known for the small ones; that it goes on is.
        std::thread::sleep(std::time::Duration::from_millis(120));
    }
    terminal.resize(120, 36);
    terminal.until("one prompt", |terminal| {
        let lines = terminal.view.lines();
        let first = lines.iter().filter(|line| line.contains("▸")).count();
        first == 1 && lines.iter().any(|line| line.contains("history a line that is long"))
    });
    terminal.send("\x15");
    line(&mut terminal, "subject list");
    terminal.wait_view("its own");
}

#[test]
fn a_terminal_without_a_size_is_asked() {
    let mut terminal = Terminal::screen(&[], (0, 0));
    terminal.until("it is asked", |terminal| terminal.raw.contains("\x1b[6n"));
    terminal.view.resize(120, 36);
    terminal.send("\x1b[36;120R");
    terminal.wait_view("Ctrl-]");
    terminal.wait_idle();
}

#[test]
fn where_nothing_can_be_drawn_the_plain_shell_starts() {
    for (env, args) in [(&[("TERM", "dumb")][..], &[][..]), (&[][..], &["--no-pane"][..])] {
        let mut terminal = Terminal::with(env, args, SIZE);
        terminal.wait("leaves");
        terminal.wait("▸ ");
        line(&mut terminal, "pane right");
        terminal.wait("no screen is running");
        assert!(!terminal.raw.contains("\x1b[?1049h"));
    }
    let mut silent = Terminal::screen(&[], (0, 0));
    silent.wait("no screen");
    silent.wait("leaves");
}

#[test]
fn a_frozen_subject_does_not_block_the_prompt() {
    if !needs::root() {
        return;
    }
    let mut terminal = open();
    line(&mut terminal, "cgroup freeze");
    terminal.wait_idle();
    if terminal.view.lines().iter().any(|line| line.contains("freezer") && line.contains("no")) {
        return eprintln!("skipped: no freezer here");
    }
    terminal.wait_view("frozen");
    line(&mut terminal, "show /proc/self/comm");
    terminal.wait_view("Ctrl-C three times");
    // Three at once would be one signal.
    for _ in 0..3 {
        terminal.send("\x03");
        std::thread::sleep(std::time::Duration::from_millis(600));
    }
    terminal.wait_idle();
}

/// A program in the foreground, and one that has made itself hard to find.
fn busy() -> Terminal {
    busy_with(&[])
}

fn busy_with(env: &[(&str, &str)]) -> Terminal {
    let mut terminal = open_with(env);
    line(&mut terminal, "spawn sh");
    terminal.wait_view("└ ");
    line(
        &mut terminal,
        "(setsid nohup sleep 4321 >/dev/null 2>&1 &); printf '\\033[?1049h\\033[?1003h\\033[?25lrea''dy'; sleep 4322",
    );
    terminal.wait_view("ready");
    terminal
}

#[test]
fn whoever_is_terminated_the_terminal_is_itself_again_and_nothing_is_left() {
    for victim in 0..3 {
        let mut terminal = busy();
        signal(pids(&terminal)[victim], Signal::SIGTERM);
        assert_eq!(terminal.status(), 128 + Signal::SIGTERM as i32, "victim {victim}");
        is_itself(&mut terminal);
        terminal.wait_nothing_left();
    }
}

#[test]
fn whoever_is_killed_the_terminal_is_itself_again_and_nothing_is_left() {
    for victim in 0..3 {
        let mut terminal = busy();
        signal(pids(&terminal)[victim], Signal::SIGKILL);
        assert_eq!(terminal.status(), 128 + Signal::SIGKILL as i32, "victim {victim}");
        is_itself(&mut terminal);
        terminal.wait_nothing_left();
    }
}

#[test]
fn whoever_panics_the_terminal_is_itself_again_and_nothing_is_left() {
    for victim in 0..3 {
        let mut terminal = busy_with(PROVOKED);
        signal(pids(&terminal)[victim], Signal::SIGUSR1);
        assert_eq!(terminal.status(), 101, "victim {victim}");
        is_itself(&mut terminal);
        terminal.wait_view("a test asked for this panic");
        terminal.wait_nothing_left();
    }
}

#[test]
fn a_subject_that_panics_is_replaced() {
    let mut terminal = open_with(PROVOKED);
    let subject = pids(&terminal)[3];
    signal(subject, Signal::SIGUSR1);
    terminal.wait_view("a test asked for this panic");
    // It says so a moment before it ends. (And Enter alone would begin a lesson, on a fresh subject.)
    terminal.until("it has ended", |_| {
        let stat = std::fs::read_to_string(format!("/proc/{subject}/stat")).unwrap_or_default();
        stat.rsplit(')').next().is_none_or(|rest| rest.trim_start().is_empty() || rest.trim_start().starts_with('Z'))
    });
    line(&mut terminal, "history");
    terminal.wait_view("subject a ended (status 101)");
    terminal.wait_idle();
    line(&mut terminal, "quit");
    assert_eq!(terminal.status(), 0);
    is_itself(&mut terminal);
    terminal.wait_nothing_left();
}

#[test]
fn a_killed_subject_is_replaced() {
    let mut terminal = busy();
    signal(pids(&terminal)[3], Signal::SIGKILL);
    terminal.wait_view("a fresh one stands in its place");
    terminal.wait_idle();
    line(&mut terminal, "quit");
    assert_eq!(terminal.status(), 0);
    is_itself(&mut terminal);
    terminal.wait_nothing_left();
}

#[test]
fn a_closed_terminal_leaves_nothing() {
    let mut terminal = busy();
    terminal.close();
    terminal.wait_nothing_left();
}

#[test]
fn a_flood_is_stopped_by_ctrl_c() {
    let mut terminal = open();
    line(&mut terminal, "spawn yes 洪水 flood");
    // Not the line that was typed: the program's own.
    terminal.until("it floods", |terminal| terminal.view.lines().iter().any(|line| line.starts_with("洪水 flood")));
    terminal.send("\x03");
    terminal.wait_view("killed by SIGINT");
    terminal.wait_idle();
}

/// What `boxlab watch` prints for these words, its status.
fn watch(words: &[&str]) -> (String, Option<i32>) {
    let mut command = std::process::Command::new("timeout");
    command.args(["10", env!("CARGO_BIN_EXE_boxlab"), "--lang", "en", "watch"]).args(words).stdin(std::process::Stdio::null());
    let output = command.output().expect("boxlab runs");
    (String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned(), output.status.code())
}

#[test]
fn a_session_and_any_process_can_be_watched_from_a_second_terminal() {
    let mut terminal = open();
    line(&mut terminal, "unshare user uts");
    terminal.wait_view("~ uts    a1");
    let [keeper, ..] = pids(&terminal);
    let (text, _) = watch(&[&keeper.to_string()]);
    assert!(text.contains("uts    a1") && text.contains("boxlab-subject"), "{text}");
    let (text, _) = watch(&[&std::process::id().to_string()]);
    assert!(text.contains("uts    host"), "{text}");
    assert_eq!(watch(&["2147483647"]).1, Some(1));
    assert_eq!(watch(&["x"]).1, Some(2));
    let mixed = std::process::Command::new(env!("CARGO_BIN_EXE_boxlab")).args(["-c", "lang zh", "watch", "1"]).output();
    assert_eq!(mixed.expect("boxlab runs").status.code(), Some(2), "lines beside a subcommand would be lost in silence");
    let mut second = Terminal::with(&[], &["watch", &keeper.to_string(), "--theme", "contrast"], (80, 24));
    beside(&mut terminal, &mut second, |view| view.contains("uts    a1"));
    line(&mut terminal, "unshare ipc");
    beside(&mut terminal, &mut second, |view| view.contains("ipc    a1"));
    // What only the session knows: which subject is the current one, what changed last, what its subject says of itself.
    beside(&mut terminal, &mut second, |view| view.contains("~ ipc    a1"));
    line(&mut terminal, "hostname box");
    beside(&mut terminal, &mut second, |view| view.contains("│ box"));
    line(&mut terminal, "subject new b");
    beside(&mut terminal, &mut second, |view| view.contains("*b "));
    line(&mut terminal, "subject new c");
    beside(&mut terminal, &mut second, |view| view.contains("further subjects"));
    line(&mut terminal, "subject drop c");
    line(&mut terminal, "subject drop b");
    beside(&mut terminal, &mut second, |view| !view.contains("*"));
    // The subject is replaced; whoever watches the session goes on.
    line(&mut terminal, "reset");
    beside(&mut terminal, &mut second, |view| !view.contains("ipc    a1"));
    line(&mut terminal, "clone uts");
    beside(&mut terminal, &mut second, |view| view.contains("uts    a"));
    line(&mut terminal, "quit");
    assert_eq!(second.status(), 0);
    second.wait_view("has ended");
}

#[test]
fn a_prediction_hides_the_answer_in_a_second_terminal_too() {
    let mut terminal = open();
    let [keeper, ..] = pids(&terminal);
    let mut second = Terminal::with(&[], &["watch", &keeper.to_string()], (80, 24));
    second.wait_view("uts    host");
    line(&mut terminal, "lesson 1");
    terminal.wait_view("── 1/");
    line(&mut terminal, "ps");
    terminal.wait_view("Enter: on");
    line(&mut terminal, "");
    terminal.wait_view("predict");
    for one in [&mut terminal, &mut second] {
        one.wait_view("hidden until you have said");
        assert!(!one.view.lines().iter().any(|line| line.contains("uts    host")));
    }
    // Nor does the stream begin with it.
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_boxlab"));
    let mut stream =
        command.args(["watch", "--json", &keeper.to_string()]).stdout(std::process::Stdio::piped()).spawn().expect("boxlab runs");
    let out = std::io::BufReader::new(stream.stdout.take().expect("it is a pipe"));
    let (to, lines) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || std::io::BufRead::lines(out).map_while(Result::ok).all(|line| to.send(line).is_ok()));
    lines.recv_timeout(std::time::Duration::from_secs(2)).expect_err("it is hidden until the prediction is made");
    line(&mut terminal, "2");
    second.wait_view("uts    host");
    let first = lines.recv_timeout(std::time::Duration::from_secs(20)).expect("now it is shown");
    assert!(first.contains("\"uts\""), "{first}");
    drop(lines);
    stream.kill().expect("it lives");
    stream.wait().expect("it is our child");
    reader.join().expect("the thread ends");
}

#[test]
fn the_stream_is_json_until_the_end() {
    let mut sleep = std::process::Command::new("sleep").arg("1").spawn().expect("sleep(1) runs");
    let pid = sleep.id().to_string();
    let waiter = std::thread::spawn(move || sleep.wait());
    let (text, status) = watch(&["--json", &pid]);
    let first: serde_json::Value = serde_json::from_str(text.lines().next().expect("a line")).expect("JSON");
    assert_eq!((&first[0]["name"], status), (&"sleep".into(), Some(0)), "{text}");
    assert_eq!(text.lines().last(), Some("[]"), "it has ended");
    waiter.join().expect("the thread ends").expect("sleep ended");
}

#[test]
fn the_plain_pane_speaks() {
    let mut terminal = Terminal::with(&[], &["--plain-pane"], SIZE);
    terminal.wait("leaves");
    terminal.wait("▸ ");
    line(&mut terminal, "spawn -b sleep 4321");
    terminal.wait("pane: process ");
    terminal.wait(": sleep 4321");
    // What is typed is written once, and nothing with it: neither a hint nor a colour.
    terminal.wait("▸ ");
    line(&mut terminal, "unshare uts");
    terminal.wait("CLONE_NEWUTS");
    assert_eq!(terminal.text().matches("unshare uts").count(), 1, "{}", terminal.text());
    assert!(!terminal.raw.contains("\x1b[1m") && !terminal.raw.contains("\x1b[2m"), "no colours");
}
