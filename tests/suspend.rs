//! Ctrl-Z and `fg` of the whole bench, below a shell that knows job control: while it is stopped the terminal is the shell's, with
//! the modes that the shell left; afterwards all is as it was, at the size that the terminal has then.

// A test plays the machine, not the bench: it signals from outside.
#![allow(clippy::disallowed_methods)]

mod terminal;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::time::Duration;
use terminal::{Terminal, child, living};

const FORMS: [&str; 2] = ["", "--no-pane"];
/// Whom the signal goes to that stops the bench.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stop {
    /// The key: Ctrl-Z at the prompt.
    Key,
    /// SIGTSTP or SIGSTOP to the keeper alone.
    Keeper(Signal),
    /// To its child alone: the screen, or the shell where there is none.
    Child(Signal),
    /// To all of them.
    Job(Signal),
}

/// The bench with this argument, below bash; gives its keeper.
fn open(form: &str) -> (Terminal, i32) {
    let mut terminal = Terminal::bash((100, 30));
    terminal.wait("$ ");
    terminal.send(&format!("{} --lang en {form}\r", env!("CARGO_BIN_EXE_boxlab")));
    terminal.wait_view("leaves");
    terminal.wait_idle();
    let bash = terminal.keeper();
    (terminal, child(bash))
}

fn send(pid: i32, signal: Signal) {
    kill(Pid::from_raw(pid), signal).expect("it lives");
}

fn stop(terminal: &mut Terminal, keeper: i32, how: Stop) {
    match how {
        Stop::Key => terminal.send("\x1a"),
        Stop::Keeper(signal) => send(keeper, signal),
        Stop::Child(signal) => send(child(keeper), signal),
        Stop::Job(signal) => send(-keeper, signal),
    }
}

/// The terminal is bash's again, and as it was before.
fn is_bashs(terminal: &mut Terminal, what: &str) {
    let bash = terminal.keeper();
    terminal.until(&format!("{what}: bash has the terminal"), |terminal| terminal.owner() == bash);
    terminal.until(&format!("{what}: the modes are as before"), |terminal| {
        terminal.modes() == terminal.found() && terminal.view.left_on().is_empty()
    });
    terminal.send("echo ba''ck\r");
    terminal.until(&format!("{what}: bash answers"), |terminal| {
        terminal.view.lines().iter().any(|line| line.ends_with("back") && !line.contains("echo"))
    });
}

fn is_stopped(pid: i32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| stat.contains(") T "))
}

/// Only bash is left.
fn is_alone(terminal: &mut Terminal, what: &str) {
    let (bash, mark) = (terminal.keeper(), terminal.mark());
    terminal.until(&format!("{what}: nothing is left"), |_| living(&mark) == [bash]);
}

#[test]
fn the_bench_is_stopped_and_goes_on() {
    let ways = [
        Stop::Key,
        Stop::Keeper(Signal::SIGTSTP),
        Stop::Child(Signal::SIGTSTP),
        Stop::Job(Signal::SIGTSTP),
        Stop::Keeper(Signal::SIGSTOP),
        Stop::Child(Signal::SIGSTOP),
        Stop::Job(Signal::SIGSTOP),
    ];
    for form in FORMS {
        for how in ways {
            let what = format!("{how:?} {form}");
            let (mut terminal, keeper) = open(form);
            terminal.send("hist");
            terminal.wait_view("▸ hist");
            stop(&mut terminal, keeper, how);
            // Who is stopped like that can put nothing back; and a keeper that is stopped so tells nobody.
            let unseen = [Stop::Job(Signal::SIGSTOP), Stop::Keeper(Signal::SIGSTOP)];
            if !unseen.contains(&how) || how == unseen[1] && form.is_empty() {
                is_bashs(&mut terminal, &what);
            }
            let bash = terminal.keeper();
            terminal.until(&format!("{what}: bash has the terminal"), |terminal| terminal.owner() == bash);
            terminal.resize(110, 28);
            terminal.send("fg\r");
            terminal.until(&format!("{what}: the bench has the terminal"), |terminal| terminal.owner() == keeper);
            terminal.until(&format!("{what}: the line is still there"), |terminal| {
                terminal.view.lines().iter().filter(|line| !line.contains("Stopped")).any(|line| line.contains("▸ hist"))
            });
            terminal.send("ory 1\r");
            terminal.wait_view("1  history 1");
            terminal.wait_idle();
            terminal.send("spawn stty size\r");
            terminal.wait_view(if form.is_empty() { "28 73" } else { "28 110" });
            terminal.wait_idle();
            terminal.send("quit\r");
            is_bashs(&mut terminal, &what);
            is_alone(&mut terminal, &what);
        }
    }
}

#[test]
fn in_the_background_it_stops_again() {
    for form in FORMS {
        let (mut terminal, keeper) = open(form);
        for _ in 0..2 {
            stop(&mut terminal, keeper, Stop::Key);
            is_bashs(&mut terminal, form);
            terminal.send("bg; echo contin''ued\r");
            terminal.wait_view("continued");
            // `fg` in the very moment in which it stops would come too early.
            terminal.read_for(Duration::from_millis(500));
            terminal.until("it is stopped again", |_| is_stopped(keeper));
            terminal.send("fg\r");
            terminal.until("the bench has the terminal", |terminal| terminal.owner() == keeper);
            terminal.send("spawn echo he''re\r");
            terminal.wait_view("here");
            terminal.wait_idle();
            terminal.send("\x0c");
            terminal.wait_idle();
        }
    }
}

#[test]
fn a_stopped_bench_can_be_ended() {
    for form in FORMS {
        for signal in ["TERM", "KILL", "HUP"] {
            let what = format!("{signal} {form}");
            let (mut terminal, keeper) = open(form);
            stop(&mut terminal, keeper, Stop::Key);
            is_bashs(&mut terminal, &what);
            terminal.send(&format!("clear; kill -{signal} %1\r"));
            is_alone(&mut terminal, &what);
            is_bashs(&mut terminal, &what);
        }
    }
}

#[test]
fn a_stopped_bench_whose_terminal_is_closed_leaves_nothing() {
    for form in FORMS {
        let (mut terminal, keeper) = open(form);
        stop(&mut terminal, keeper, Stop::Key);
        is_bashs(&mut terminal, form);
        terminal.close();
        terminal.wait_nothing_left();
    }
}

#[test]
fn nobody_stops_it_where_nobody_could_continue_it() {
    for form in FORMS {
        let args: &[&str] = if form.is_empty() { &[] } else { &[form] };
        let mut terminal = Terminal::with(&[], args, (100, 30));
        terminal.wait_view("leaves");
        terminal.wait_idle();
        terminal.send("hist");
        terminal.wait_view("▸ hist");
        terminal.send("\x1a");
        send(terminal.keeper(), Signal::SIGTSTP);
        terminal.send("ory 1\r");
        terminal.wait_view("1  history 1");
    }
}
