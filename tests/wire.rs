//! The wire, against a subject that turned hostile: a program takes the subject's socket (pidfd_getfd(2)) and says on it whatever it
//! likes. The observer lives on, acts on nobody else, and the other subjects' answers are their own.

// A test plays the hostile program, not the bench.
#![allow(clippy::disallowed_methods)]

mod needs;
mod turns;

use nix::sys::socket::{
    ControlMessage, MsgFlags, Shutdown, SockType, UnixCredentials, getsockopt, send, sendmsg, setsockopt, shutdown, sockopt,
};
use serde_json::{Value, json};
use std::io::IoSlice;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use turns::turns;

/// Says to this program what it is to do when it runs as the hostile one.
const ROLE: &str = "BOXLAB_HOSTILE";

/// So long a hostile program goes on where it does not end by itself.
const LONG: Duration = Duration::from_secs(40);

/// The line that runs this program as the hostile one.
fn hostile(role: &str) -> String {
    let own = std::env::current_exe().expect("it has a path");
    format!("spawn env {ROLE}={role} {} --exact the_hostile_program --nocapture", own.display())
}

/// Not a test of its own: what the hostile program does.
#[test]
fn the_hostile_program() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let wire = stolen();
    let tell = |bytes: &[u8]| send(wire.as_raw_fd(), bytes, MsgFlags::MSG_NOSIGNAL).is_ok();
    let (word, rest) = role.split_once(':').unwrap_or((&role, ""));
    match word {
        "garbage" => {
            setsockopt(&wire, sockopt::SndBuf, &(1 << 20)).expect("a larger buffer");
            for bytes in [&b""[..], b"\0", b"{}", b"\"Started", b"[[[[", b"\xff\xfe", b"{\"Answer\":{}}", &[b'['; 100_000]] {
                assert!(tell(bytes));
            }
            // As large as the socket takes; the observer takes less.
            assert!((1..=8).rev().any(|part| tell(&vec![b' '; part * 50_000])));
        }
        "flood" => {
            let call = json!({"Call": {"name": "x".repeat(2000), "args": [], "ret": 0}}).to_string();
            let end = Instant::now() + LONG;
            while tell(call.as_bytes()) && Instant::now() < end {}
        }
        "descriptors" => {
            let fds: Vec<i32> = vec![std::io::stdin().as_fd().as_raw_fd(); rest.parse().expect("a number")];
            for _ in 0..50 {
                let rights = [ControlMessage::ScmRights(&fds)];
                let bytes = [IoSlice::new(b"\"Started\"")];
                sendmsg::<()>(wire.as_raw_fd(), &bytes, &rights, MsgFlags::empty(), None).expect("it is sent");
            }
        }
        "shutdown" => {
            shutdown(wire.as_raw_fd(), Shutdown::Both).expect("it is connected");
            std::thread::sleep(LONG);
        }
        "stop" => {
            nix::sys::signal::kill(nix::unistd::getppid(), nix::sys::signal::SIGSTOP).expect("it is ours");
        }
        "forge" => forge(&wire, rest.parse().expect("a PID")),
        "calls" => {
            let raw = |text: &str| json!({"raw": text});
            let trap = || json!({"str": "$(touch canary)'; touch canary; '"});
            let calls = [
                json!({"name": "sethostname", "args": [trap(), raw("3")], "ret": 0}),
                json!({"name": "setuid", "args": [raw("0; touch canary")], "ret": 0}),
                json!({"name": "setuid", "args": [raw("0\ntouch canary\n")], "ret": 0}),
                json!({"name": "x; touch canary", "args": [], "ret": 0}),
                json!({"name": "chdir", "args": [trap()], "ret": 0}),
                json!({"name": "mount", "args": [trap(), {"str": "/"}, trap(), raw("0; touch canary"), trap()], "ret": 0}),
                json!({"name": "write", "args": [{"fd": [3, "/etc/canary"]}, trap(), raw("1")], "ret": 0}),
                json!({"name": "prctl", "args": [raw("PR_SET_NO_NEW_PRIVS"), raw("1); system(\"touch canary\"")], "ret": 0}),
            ];
            let end = Instant::now() + LONG;
            let full = setsockopt(&wire, sockopt::SndBuf, &(1 << 16));
            while full.is_ok() && !std::path::Path::new(rest).exists() && Instant::now() < end {
                for call in &calls {
                    tell(json!({"Call": call}).to_string().as_bytes());
                }
                std::thread::sleep(Duration::from_micros(200));
            }
        }
        "answers" => {
            for id in 0..60 {
                tell(answer(id, "forged").to_string().as_bytes());
            }
        }
        other => panic!("no such role: {other}"),
    }
}

/// The parent's end of the wire, whatever its number is there.
fn stolen() -> OwnedFd {
    let parent = nix::unistd::getppid().as_raw();
    // SAFETY: integers in, a descriptor out.
    let pidfd = unsafe { libc::syscall(libc::SYS_pidfd_open, parent, 0) } as i32;
    let numbers = std::fs::read_dir(format!("/proc/{parent}/fd")).expect("we may look").flatten();
    let numbers: Vec<i32> = numbers.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    let get = |number: i32| {
        // SAFETY: integers in, a descriptor of our own out.
        let fd = unsafe { libc::syscall(libc::SYS_pidfd_getfd, pidfd, number, 0) } as i32;
        // SAFETY: the kernel has just made it for us.
        (fd >= 0).then(|| unsafe { OwnedFd::from_raw_fd(fd) })
    };
    numbers.into_iter().filter_map(get).find(|fd| getsockopt(fd, sockopt::SockType) == Ok(SockType::SeqPacket)).expect("the wire")
}

fn answer(id: u64, host: &str) -> Value {
    let inside = json!({"pid": 1, "uid": 0, "gid": 0, "hostname": host, "cwd": "/", "groups": [], "securebits": 0, "subreaper": false,
        "clocks": {"realtime": 0, "boottime": 0, "monotonic": 0}, "limits": {}});
    json!({"Answer": {"id": id, "outcome": {"Ok": {"notes": [], "view": [{"lines": [host]}], "exit": null}}, "inside": inside}})
}

/// Answers for every line that may be next, as if another process had: only who has CAP_SYS_ADMIN may write another's PID.
fn forge(wire: &OwnedFd, victim: i32) {
    let credentials = UnixCredentials::from(libc::ucred { pid: victim, uid: 0, gid: 0 });
    for id in 0..20 {
        for text in [answer(id, "forged"), json!("Started"), json!("Interrupted")] {
            let text = text.to_string();
            let bytes = [IoSlice::new(text.as_bytes())];
            let control = [ControlMessage::ScmCredentials(&credentials)];
            sendmsg::<()>(wire.as_raw_fd(), &bytes, &control, MsgFlags::empty(), None).expect("root may");
        }
    }
}

fn show(turn: &Value) -> String {
    turn.to_string().chars().take(600).collect()
}

/// The last line of each of these sessions asks the subject something, and it answers for itself.
fn answers(turns: &[Value]) -> bool {
    turns.last().is_some_and(|turn| turn["end"]["kind"] == "done" && turn["view"].to_string().contains("boxlab-subject"))
}

const ASK: &str = "show /proc/self/comm";

#[test]
fn what_is_no_message_is_dropped() {
    if !needs::root() {
        return;
    }
    let turns = turns(&format!("{}; {ASK}", hostile("garbage")));
    assert!(turns[0]["end"]["exit"]["status"] == 0 && answers(&turns), "{turns:?}");
}

#[test]
fn who_talks_without_end_is_not_listened_to_any_longer() {
    if !needs::root() {
        return;
    }
    let foreground = turns(&format!("{}; {ASK}", hostile("flood")));
    let why = foreground[0]["end"]["why"]["en"].as_str().unwrap_or_default();
    assert!(why.contains("is not listened to any longer"), "{}", show(&foreground[0]));
    assert!(answers(&foreground), "{}", show(&foreground[1]));
    // In the background it talks in between; each line still gets its answer.
    let background = turns(&format!("{}; {ASK}; {ASK}; {ASK}", hostile("flood").replacen("spawn ", "spawn -b ", 1)));
    assert!(answers(&background), "{}", background.last().map(show).unwrap_or_default());
}

#[test]
fn descriptors_that_nobody_asked_for_are_not_taken() {
    if !needs::root() {
        return;
    }
    // The observer is the parent of the first process of the subject.
    let count = "spawn sh -c 'ls /proc/$(sed -n s/^PPid:.//p /proc/$PPID/status)/fd | wc -l'";
    for many in [1, 8, 200] {
        let turns = turns(&format!("{count}; {}; {count}; {ASK}", hostile(&format!("descriptors:{many}"))));
        assert_eq!(turns[0]["output"], turns[2]["output"], "{turns:?}");
        assert!(turns[1]["end"]["exit"]["status"] == 0 && answers(&turns), "{turns:?}");
    }
}

#[test]
fn who_hangs_up_and_lives_on_is_ended() {
    if !needs::root() {
        return;
    }
    let start = Instant::now();
    let turns = turns(&format!("{}; {ASK}", hostile("shutdown")));
    assert!(turns[0]["end"]["kind"] == "subjectgone" && answers(&turns), "{turns:?}");
    assert!(start.elapsed() < LONG, "it was waited for");
}

#[test]
fn a_subject_that_reads_no_more_does_not_hold_the_observer() {
    if !needs::root() {
        return;
    }
    // The second line gives it the time to do so; one of the next two finds it.
    let turns = turns(&format!("{}; cgroup watch 1; {ASK}; {ASK}; {ASK}", hostile("stop").replacen("spawn ", "spawn -b ", 1)));
    assert!(
        turns.iter().any(|turn| turn["end"]["why"]["en"].as_str().is_some_and(|why| why.contains("did not answer"))),
        "{turns:?}"
    );
    assert!(answers(&turns), "{turns:?}");
}

#[test]
fn nobody_makes_the_observer_act_on_another_process() {
    if !needs::root() {
        return;
    }
    let mut victim = Command::new("sleep").arg("100").stdin(Stdio::null()).spawn().expect("sleep runs");
    let read = |file: &str| std::fs::read_to_string(format!("/proc/{}/{file}", victim.id())).expect("it lives");
    let before = (read("cgroup"), read("uid_map"), read("oom_score_adj"));
    let turns =
        turns(&format!("{}; {ASK}; cgroup new web; cgroup enter web; ns; {ASK}", hostile(&format!("forge:{}", victim.id()))));
    let after = (read("cgroup"), read("uid_map"), read("oom_score_adj"));
    let alive = victim.try_wait().expect("it is ours").is_none();
    victim.kill().expect("it is ours");
    victim.wait().expect("it is ours");
    assert!(alive && before == after, "{before:?} {after:?}");
    // The forged answers are this subject's own affair; that they were there at all shows that the test does something.
    assert!(serde_json::to_string(&turns).is_ok_and(|text| text.contains("forged")), "{turns:?}");
    let written: Vec<&Value> = turns.iter().flat_map(|turn| turn["calls"].as_array().into_iter().flatten()).collect();
    assert!(!written.iter().any(|call| call.to_string().contains(&format!("\"{}\"", victim.id()))), "{written:?}");
}

#[test]
fn another_subject_answers_for_itself() {
    if !needs::root() {
        return;
    }
    let turns =
        turns(&format!("subject new b; subject use a; {}; subject use b; {ASK}; ns; hostname; {ASK}", hostile("answers")));
    let b = &turns[4..];
    assert!(!serde_json::to_string(b).expect("it is JSON").contains("forged"), "{b:?}");
    assert!(answers(&turns), "{turns:?}");
}

#[test]
fn calls_that_were_never_made_put_no_command_into_an_export() {
    if let Some(word) = needs::missing("root tool:gcc") {
        return eprintln!("skipped: needs {word}");
    }
    let dir = std::env::temp_dir().join(format!("test-wire-calls-{}", std::process::id()));
    std::fs::create_dir(&dir).expect("it is made");
    let path = |file: &str| dir.join(file).display().to_string();
    let (stop, sh, c, docker, oci) = (path("stop"), path("sh"), path("c"), path("docker"), path("oci"));
    let mut lines =
        format!("unshare uts mnt; mount private -r /; {}", hostile(&format!("calls:{stop}")).replacen("spawn ", "spawn -b ", 1));
    for number in 0..40 {
        lines += &format!("; hostname box{number}; chdir /; setuid 0; nnp; mount private /");
    }
    lines += &format!("; export sh {sh}; export c {c}; export docker {docker}; export oci {oci}; spawn touch {stop}");
    let turns = turns(&lines);
    let told = |command: &str| {
        turns.iter().any(|turn| {
            turn["command"] == command && turn["calls"].to_string().contains("touch canary") && turn["end"]["kind"] == "done"
        })
    };
    assert!(told("hostname") || told("setuid") || told("chdir"), "nothing hostile was heard: {turns:?}");
    let run = |words: &[&str]| {
        Command::new("timeout").arg("60").args(words).current_dir(&dir).stdin(Stdio::null()).output().expect("it runs")
    };
    run(&["sh", &sh, "true"]);
    let compiled = run(&["gcc", "-Wall", "-Werror", "-o", "box", "-x", "c", &c]);
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    run(&["./box", "true"]);
    // The line is one line, and a shell that reads it finds no command but docker.
    run(&["sh", "-c", &format!("docker() {{ :; }}; IMAGE=; . {docker}")]);
    let written = std::fs::read_to_string(&docker).expect("it was written");
    let config = std::fs::read_to_string(dir.join("oci/config.json")).expect("it was written");
    let canary =
        dir.join("canary").exists() || std::path::Path::new("/etc/canary").exists() || std::path::Path::new("canary").exists();
    let _ = std::fs::remove_dir_all(&dir);
    assert!(!canary, "a hostile call was obeyed");
    assert!(written.starts_with("docker run") && serde_json::from_str::<Value>(&config).is_ok(), "{written} {config}");
}
