//! Whatever is killed, stopped or closed in whatever moment of a long session, nothing is left behind.
//!
//! Each round opens a bench, types random lines of all commands into it, and ends it at a random moment in a random way. The seed is
//! printed; `BOXLAB_SEED=n BOXLAB_ROUNDS=1` repeats a round. The nightly form is `BOXLAB_ROUNDS=1000`.

// A test plays the machine, not the bench: it signals from outside.
#![allow(clippy::disallowed_methods)]

mod left;
mod needs;
mod terminal;

use boxlab::command::cards;
use left::{PATIENCE, picture, settled};
use nix::sys::signal::{Signal, kill};
use nix::sys::termios::Termios;
use nix::unistd::Pid;
use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use terminal::{Terminal, children};

/// Numbers that look random and are the same for the same seed (xorshift64*).
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % sides
    }

    fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.throw(list.len())]
    }

    fn millis(&mut self, most: usize) -> Duration {
        Duration::from_millis(self.throw(most) as u64)
    }
}

/// Programs that carry out what is typed.
const SHELLS: &[&str] = &["sh", "bash", "dash", "zsh", "busybox", "su", "python3"];

/// Programs that leave their parents, and the session.
const ORPHANS: &str =
    "spawn -b sh -c '(setsid nohup sleep 1000 & setsid sh -c \"sleep 1000 & sleep 1000\" &) >/dev/null 2>&1; exec sleep 1000'";

/// What makes it hard to find everything again.
const HARD: &[&str] = &[
    "cgroup set pids.max 100",
    "cgroup set memory.max 64M; cgroup new web; cgroup enter web; spawn -b sleep 1000",
    "cgroup new web; spawn -b sleep 1000; cgroup freeze",
    "spawn -b sleep 1000; cgroup new ice; cgroup move self ice; cgroup freeze ice",
    "spawn -b sh -c 'trap \"\" TERM HUP INT; sleep 1000 & wait'",
    "spawn -b sh -c 'kill -STOP $$; sleep 1000'",
    "spawn sh -c 'stty -echo raw; sleep 1000'",
    // What reads what is typed then. Never a shell: it would carry out the next lines on the host.
    "spawn cat",
    "unshare user pid mnt uts net ipc; fork; spawn -b sh -c 'sleep 1000 & exec sleep 1000'; clone pid; spawn -b sleep 1000",
    "unshare pid; fork; clone pid mnt; fork",
    "subject new b; cgroup set pids.max 60; unshare user pid; subject use a",
    "subject new c; unshare net uts; link up lo; link add veth va peer vb; pin net keep; subject use a; setns keep",
    "unshare mnt net ipc; mount private -r /; mount tmpfs /mnt; mkdir /mnt/l; mkdir /mnt/u; mkdir /mnt/w; mkdir /mnt/m; mount overlay /mnt/m /mnt/l /mnt/u /mnt/w",
    "unshare mnt; mount private -r /; rootfs make /mnt; chdir /mnt; pivot_root . .; umount -l .",
    "unshare ipc; ipc new queue 42; mqueue new box",
    "load file 8M",
    "load mem 16M",
    "load procs 20",
    "thread",
    "reset",
    "subject drop b",
];

/// Where the bench runs: with the pane there is a process more.
const FORMS: &[&[&str]] = &[&[], &["--no-pane"]];

/// Whom a signal goes to.
#[derive(Clone, Copy, Debug)]
enum Whom {
    Keeper,
    /// Only with the pane.
    Screen,
    Shell,
    Subject,
    /// Some process below the subject.
    Somebody,
}

/// What is done to it.
#[derive(Clone, Copy, Debug)]
enum Blow {
    Signal(Whom, Signal),
    /// Stopped, and continued a moment later.
    Pause(Whom),
    /// Stopped for good, as far as the bench can know.
    Stop(Whom),
    Window,
    Quit,
    /// Keeper, screen and shell at once: what is left is for `boxlab clean`.
    All,
}

const WHOM: &[Whom] = &[Whom::Keeper, Whom::Screen, Whom::Shell, Whom::Subject, Whom::Somebody];
const SIGNALS: &[Signal] = &[Signal::SIGKILL, Signal::SIGKILL, Signal::SIGTERM, Signal::SIGHUP];

fn blow(dice: &mut Dice) -> Blow {
    match dice.throw(12) {
        0..=5 => Blow::Signal(*dice.of(WHOM), *dice.of(SIGNALS)),
        6 => Blow::Pause(*dice.of(WHOM)),
        7 => Blow::Stop(*dice.of(&WHOM[1..])),
        8 => Blow::Window,
        9 => Blow::Quit,
        _ => Blow::All,
    }
}

/// The processes of a bench, as far as they live.
struct Bench {
    keeper: i32,
    /// The one below the keeper: the screen, or the shell.
    screen: Option<i32>,
    shell: Option<i32>,
    below: Vec<i32>,
}

impl Bench {
    fn of(terminal: &Terminal, screen: bool) -> Bench {
        let keeper = terminal.keeper();
        let first = children(keeper).first().copied();
        let (screen, shell) = match screen {
            true => (first, first.and_then(|screen| children(screen).first().copied())),
            false => (None, first),
        };
        let mut below = shell.map(children).unwrap_or_default();
        let mut next = 0;
        while next < below.len() {
            below.extend(children(below[next]));
            next += 1;
        }
        Bench { keeper, screen, shell, below }
    }

    fn whom(&self, whom: Whom, dice: &mut Dice) -> Option<i32> {
        match whom {
            Whom::Keeper => Some(self.keeper),
            Whom::Screen => self.screen,
            Whom::Shell => self.shell,
            Whom::Subject => self.below.first().copied(),
            Whom::Somebody => (!self.below.is_empty()).then(|| *dice.of(&self.below)),
        }
    }
}

fn send(pid: i32, signal: Signal) {
    // It may have ended by itself.
    let _ = kill(Pid::from_raw(pid), signal);
}

/// Each example with what comes before it. None of them starts a shell that reads the terminal: it would carry out what is typed next,
/// on the host.
fn pool() -> Vec<String> {
    let examples =
        cards().flat_map(|card| card.examples).filter(|example| !format!("{};{}", example.after, example.line).contains("quit"));
    let interprets = |line: &str| line.split([';', ' ']).any(|word| SHELLS.contains(&word.rsplit('/').next().unwrap_or(word)));
    let reads = |line: &String| interprets(line) && !line.contains(" -c ");
    let here = examples.filter(|example| needs::missing(example.needs).is_none());
    let lines = here.map(|example| format!("{};{}", example.after, example.line).trim_start_matches(';').to_string());
    lines.filter(|line| !reads(line)).collect()
}

/// One round. Errors: what is left.
fn round(seed: u64, pool: &[String]) -> Result<(), String> {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let before = picture();
    let folder = std::env::temp_dir().join(format!("boxlab-kill-{}-{seed}", std::process::id()));
    std::fs::create_dir(&folder).map_err(|error| error.to_string())?;
    let form = *dice.of(FORMS);
    let place = folder.display().to_string();
    let mut terminal = Terminal::with(&[("TMPDIR", &place)], form, (100, 30));
    let modes = terminal.found();
    let mark = terminal.mark();
    let mut said = vec![format!("{form:?}")];
    // Some rounds end it while it starts: there a signal can fall between two handlers.
    if dice.throw(6) > 0 {
        terminal.wait_for_a_moment("▸");
        for _ in 0..dice.throw(7) {
            let line = match dice.throw(8) {
                0 | 1 => ORPHANS.to_string(),
                2..=5 => dice.of(HARD).to_string(),
                _ => dice.of(pool).clone(),
            };
            terminal.send(&format!("{line}\r"));
            said.push(line);
            let most = if dice.throw(4) > 0 { 400 } else { 20 };
            terminal.read_for(dice.millis(most));
        }
    } else {
        terminal.read_for(dice.millis(120));
    }
    let mut hard = false;
    let mut stopped = Vec::new();
    // One blow, and those that end it where that one did not.
    for turn in 0.. {
        let blow = match turn {
            0 => blow(&mut dice),
            1 => *dice.of(&[
                Blow::Signal(Whom::Keeper, Signal::SIGTERM),
                Blow::Signal(Whom::Shell, Signal::SIGKILL),
                Blow::Window,
                Blow::Quit,
            ]),
            _ => Blow::Signal(Whom::Keeper, Signal::SIGTERM),
        };
        said.push(format!("{blow:?}"));
        let bench = Bench::of(&terminal, form.is_empty());
        match blow {
            Blow::Signal(whom, signal) => {
                hard |= matches!(whom, Whom::Keeper) && signal == Signal::SIGKILL;
                bench.whom(whom, &mut dice).into_iter().for_each(|pid| send(pid, signal));
            }
            Blow::Pause(whom) => {
                if let Some(pid) = bench.whom(whom, &mut dice) {
                    send(pid, Signal::SIGSTOP);
                    terminal.read_for(dice.millis(100));
                    send(pid, Signal::SIGCONT);
                }
            }
            Blow::Stop(whom) => stopped.extend(bench.whom(whom, &mut dice).inspect(|pid| send(*pid, Signal::SIGSTOP))),
            Blow::Window => {
                hard = true;
                terminal.close();
            }
            Blow::Quit => terminal.send("\rquit\r"),
            Blow::All => {
                hard = true;
                let all = [Some(bench.keeper), bench.screen, bench.shell];
                // None of them may have a moment for what it does when another one dies.
                all.into_iter().flatten().for_each(|pid| send(pid, Signal::SIGSTOP));
                all.into_iter().flatten().for_each(|pid| send(pid, Signal::SIGKILL));
                terminal.read_for(Duration::from_millis(50));
                let cleaned = Command::new(env!("CARGO_BIN_EXE_boxlab")).arg("clean").env("TMPDIR", &folder).output();
                let cleaned = cleaned.map_err(|error| error.to_string())?;
                said.push(String::from_utf8_lossy(&cleaned.stdout).into_owned());
                if !cleaned.status.success() {
                    return Err(format!("round {seed}: `boxlab clean` left something: {said:#?}"));
                }
            }
        }
        let end = Instant::now() + if turn < 2 { dice.millis(400) } else { PATIENCE };
        while !terminal.has_ended() && Instant::now() < end {
            terminal.read_for(Duration::from_millis(10));
        }
        if terminal.has_ended() {
            break;
        }
        if turn >= 2 {
            return Err(format!("round {seed}: it does not end: {said:#?}"));
        }
    }
    terminal.drain();
    let left: Vec<_> = settled(&format!("round {seed}"), &before, terminal.keeper(), &mark).err().into_iter().collect();
    let is = terminal.modes();
    let files: Vec<_> = std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    let _ = std::fs::remove_dir_all(&folder);
    let restored = hard || modes.as_ref().zip(is.as_ref()).is_some_and(|(was, is)| same(was, is));
    if left.is_empty() && files.is_empty() && restored {
        return Ok(());
    }
    let modes = if restored { String::new() } else { format!("modes before: {modes:?}\nafter: {is:?}") };
    Err(format!("{}\nfiles {files:?}\n{modes}\n{said:#?}", left.join("\n")))
}

fn same(was: &Termios, is: &Termios) -> bool {
    (was.input_flags, was.output_flags, was.control_flags, was.local_flags)
        == (is.input_flags, is.output_flags, is.control_flags, is.local_flags)
        && was.control_chars == is.control_chars
}

#[test]
fn nothing_is_left_whoever_is_killed_or_stopped_in_whatever_moment() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let rounds = number("BOXLAB_ROUNDS").unwrap_or(50);
    let seed = number("BOXLAB_SEED").unwrap_or_else(|| {
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(1, |now| now.as_secs() % 1_000_000 * 1000)
    });
    println!("rounds {rounds}, seeds from {seed}");
    let pool = pool();
    let left = Mutex::new(seed..seed + rounds);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let Some(seed) = left.lock().expect("no panic").next() else { return };
                    let came = round(seed, &pool);
                    failures.lock().expect("no panic").extend(came.err());
                }
            });
        }
    });
    let failures = failures.into_inner().expect("no panic");
    println!("{rounds} rounds, {} with something left behind", failures.len());
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
