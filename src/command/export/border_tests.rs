//! The border of `export`, against a subject that says what it likes about its calls.

use super::deed::Written;
use super::plan::plan;
use super::{c, sh};
use crate::command::Step;
use crate::model::{Arg, Call, Place};

/// What a hostile subject would like to see outside of quotes. Each has the word `touch`.
const WISHES: &[&str] = &[
    "$(touch x)",
    "`touch x`",
    "a'; touch x; '",
    "a\"; touch x; \"",
    "a\ntouch x\n",
    "\\'; touch x #",
    "-v --touch",
    "|touch x|",
    "\"); system(\"touch x\"); (\"",
    "*/ system(touch); /*",
    "??/\"); system(touch); //",
    "%s%n touch",
    "@CASES@ touch",
    "0, 0); system(touch); (",
    "CLONE_NEWUTS|touch",
    "/sys/fs/cgroup/boxlab-7/$(touch x)'`touch x`\n touch",
];

/// Lines, each with the calls that it makes; `@` is where the wish stands. The line may name it, or not.
fn lines() -> Vec<(&'static str, Vec<Call>)> {
    let raw = |text: &str| Arg::Raw(text.into());
    let text = |text: &str| Arg::Str(text.into());
    let call = |name: &str, args: &[Arg]| Call { name: name.into(), args: args.to_vec(), answer: Ok(0) };
    let fd = |path: &str| Arg::Fd(3, path.into());
    vec![
        ("unshare uts", vec![call("unshare", &[raw("@")])]),
        ("setns @", vec![call("setns", &[fd("/@/uts"), raw("@")])]),
        ("hostname @", vec![call("sethostname", &[text("@"), raw("@")])]),
        ("domainname @", vec![call("setdomainname", &[text("@"), raw("1")])]),
        ("clock boottime 1", vec![call("write", &[fd("/proc/8/timens_offsets"), text("boottime @"), raw("1")])]),
        ("oom_score 1", vec![call("write", &[fd("/proc/8/oom_score_adj"), text("@"), raw("1")])]),
        ("sysctl kernel.msgmax 1", vec![call("write", &[fd("/proc/sys/kernel/msgmax"), text("@"), raw("1")])]),
        (
            "write @ x",
            vec![call("openat", &[raw("AT_FDCWD"), text("@"), raw("O_CREAT")]), call("write", &[fd("@"), text("@"), raw("1")])],
        ),
        ("mkdir @", vec![call("mkdir", &[text("@"), raw("@")])]),
        ("mknod @ c 1 3", vec![call("mknodat", &[raw("@"), text("@"), raw("S_IFCHR|@"), raw("makedev(0x1, 0x3)")])]),
        ("mknod @ c 1 3", vec![call("mknodat", &[raw("@"), text("@"), raw("S_IFCHR"), raw("makedev(@, @)")])]),
        ("mknod @ p", vec![call("mknodat", &[raw("@"), text("@"), raw("S_IFIFO|@")])]),
        ("chdir @", vec![call("chdir", &[text("@")])]),
        ("chroot @", vec![call("chroot", &[text("@")])]),
        ("pivot_root @ @", vec![call("pivot_root", &[text("@"), text("@")])]),
        ("umount @", vec![call("umount2", &[text("@"), raw("@")])]),
        ("mount tmpfs @", vec![call("mount", &[text("@"), text("@"), text("@"), raw("0"), text("@")])]),
        ("mount tmpfs @", vec![call("mount", &[raw("@"), text("@"), text("t"), raw("MS_RDONLY|@"), raw("@")])]),
        ("mount bind @ @", vec![call("mount", &[text("@"), text("@"), raw("NULL"), raw("MS_BIND"), raw("NULL")])]),
        ("mount private @", vec![call("mount", &[raw("NULL"), text("@"), raw("NULL"), raw("MS_PRIVATE"), raw("NULL")])]),
        (
            "mount bind @ @ ro",
            vec![
                call("open_tree", &[raw("@"), text("@"), raw("@")]),
                call(
                    "mount_setattr",
                    &[fd("@"), text(""), raw("@"), raw("{attr_set=MOUNT_ATTR_RDONLY, attr_clr=0, @}"), raw("32")],
                ),
                call("move_mount", &[fd("@"), text(""), raw("@"), text("@"), raw("@")]),
            ],
        ),
        (
            "mount remount @ ro",
            vec![call("mount_setattr", &[raw("@"), text("@"), raw("@"), raw("{attr_set=@, attr_clr=@}"), raw("32")])],
        ),
        (
            "mount fsopen tmpfs @",
            vec![
                call("fsopen", &[text("@"), raw("@")]),
                call("fsconfig", &[fd("@"), raw("@"), text("@"), text("@"), raw("0")]),
                call("fsmount", &[fd("@"), raw("@"), raw("MOUNT_ATTR_RDONLY")]),
                call("move_mount", &[fd("@"), text(""), raw("@"), text("@"), raw("@")]),
            ],
        ),
        (
            "rootfs make @",
            vec![call("symlinkat", &[text("@"), raw("AT_FDCWD"), text("@/x")]), call("mkdir", &[text("@/y"), raw("0777")])],
        ),
        ("nnp", vec![call("prctl", &[raw("PR_SET_NO_NEW_PRIVS"), raw("@")])]),
        ("caps bound drop kill", vec![call("prctl", &[raw("PR_CAPBSET_DROP"), raw("@")])]),
        ("caps ambient raise kill", vec![call("prctl", &[raw("PR_CAP_AMBIENT"), raw("PR_CAP_AMBIENT_RAISE"), raw("@")])]),
        ("securebits +NOROOT", vec![call("prctl", &[raw("PR_SET_SECUREBITS"), raw("SECBIT_NOROOT|@")])]),
        ("subreaper on", vec![call("prctl", &[raw("@"), raw("1")])]),
        ("setuid 0", vec![call("setuid", &[raw("@")])]),
        ("setgid 0", vec![call("setgid", &[raw("@")])]),
        ("setgroups 0", vec![call("setgroups", &[raw("@"), raw("[@]")])]),
        ("rlimit nofile 1", vec![call("prlimit64", &[raw("0"), raw("RLIMIT_@"), raw("{rlim_cur=@, rlim_max=1}"), raw("NULL")])]),
        (
            "rlimit nofile 1",
            vec![call("prlimit64", &[raw("0"), raw("RLIMIT_NOFILE"), raw("{rlim_cur=1*@, rlim_max=1}"), raw("NULL")])],
        ),
        ("prio 1", vec![call("setpriority", &[raw("PRIO_PROCESS"), raw("0"), raw("@")])]),
        ("sched affinity 0", vec![call("sched_setaffinity", &[raw("0"), raw("@"), raw("[@]")])]),
        ("sched policy batch", vec![call("sched_setscheduler", &[raw("0"), raw("@"), raw("[0]")])]),
        (
            "clone uts --cgroup web -- true",
            vec![call("mkdir", &[text("@"), raw("0777")]), call("clone3", &[raw("{flags=@, cgroup=4<@>}"), raw("88")])],
        ),
        ("cgroup set pids.max 9", vec![call("mkdir", &[text("@"), raw("0777")]), call("write", &[fd("@"), text("@"), raw("1")])]),
        ("cgroup rm web", vec![call("rmdir", &[text("@")])]),
        ("idmap uid 0 0 1", vec![call("write", &[fd("/proc/8/uid_map"), text("@"), raw("1")])]),
        ("spawn @", vec![call("execve", &[text("@"), raw("[@]"), raw("@")])]),
        ("exit 0", vec![call("@", &[raw("@")])]),
    ]
}

/// The steps of a session in which each of these lines was typed, with this wish wherever the subject could have put it.
fn steps(wish: &str) -> Vec<Step> {
    let arg = |arg: Arg| match arg {
        Arg::Raw(text) => Arg::Raw(text.replace('@', wish)),
        Arg::Str(text) => Arg::Str(text.replace('@', wish)),
        Arg::Fd(fd, text) => Arg::Fd(fd, text.replace('@', wish)),
        reply => reply,
    };
    let typed = format!("'{}'", wish.replace('\'', "'\\''"));
    let step = |(line, calls): (&str, Vec<Call>)| {
        let mut words = line.split(' ').take_while(|word| !word.contains('@'));
        let known = |words: &str| crate::command::card(words).is_some();
        let first: Vec<&str> = words.by_ref().collect();
        let command =
            (1..=first.len()).rev().map(|count| first[..count].join(" ")).find(|words| known(words)).unwrap_or_default();
        let calls = calls.into_iter().map(|call| Call {
            args: call.args.into_iter().map(arg).collect(),
            name: call.name.replace('@', wish),
            ..call
        });
        Step { line: line.replace('@', &typed), command, place: Place::Inside, calls: calls.collect(), pids: vec![8] }
    };
    lines().into_iter().map(step).collect()
}

/// What a shell takes for more than text: all but comments and what stands in single quotes. What stands there and is a script itself is
/// looked through, too.
fn bare_of_shell(script: &str) -> String {
    let (mut bare, mut chars, mut before) = (String::new(), script.chars().peekable(), '\n');
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                let inner: String = chars.by_ref().take_while(|c| *c != '\'').collect();
                if inner.contains("while read") {
                    bare += &bare_of_shell(&inner);
                }
            }
            '\\' => _ = chars.next(),
            '#' if before.is_whitespace() => {
                chars.by_ref().find(|c| *c == '\n');
                before = '\n';
                continue;
            }
            c => bare.push(c),
        }
        before = c;
    }
    bare
}

/// What a compiler takes for more than text.
fn bare_of_c(program: &str) -> String {
    let mut bare = String::new();
    let mut rest = program;
    while let Some(at) = rest.find(['"', '/']) {
        bare += &rest[..at];
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("/*") {
            rest = after.split_once("*/").map_or("", |(_, rest)| rest);
        } else if let Some(after) = rest.strip_prefix('"') {
            let mut escaped = false;
            let end = after.find(|c| {
                let ends = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            });
            rest = end.map_or("", |end| &after[end + 1..]);
        } else {
            bare.push('/');
            rest = &rest[1..];
        }
    }
    bare + rest
}

#[test]
fn no_wish_of_a_subject_is_more_than_text() {
    let mut broken = Vec::new();
    for wish in WISHES {
        for step in steps(wish) {
            let deeds = plan(std::slice::from_ref(&step), 7);
            let (Written { text: script, .. }, Written { text: program, .. }) = (sh::script(&deeds), c::program(&deeds));
            for (what, bare) in [("sh", bare_of_shell(&script)), ("c", bare_of_c(&program))] {
                if bare.contains("touch") {
                    broken.push(format!("{what}: {wish:?} in `{}`:\n{bare}", step.line));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn a_path_is_never_an_option() {
    let deeds = plan(&steps("-touch"), 7);
    let script = sh::script(&deeds).text;
    let operand = |line: &str| {
        let words = [
            "mount",
            "umount",
            "mkdir",
            "mknod",
            "mkfifo",
            "chroot",
            "pivot_root",
            "cd",
            "ln",
            "hostname",
            "flags",
            "rmdir",
            "make",
        ];
        words.iter().any(|word| line.trim_start().starts_with(&format!("{word} "))) && line.contains(" -touch")
    };
    let odd: Vec<&str> = script.lines().filter(|line| operand(line)).collect();
    // What follows `-t` is its value, what follows `--` is none.
    assert!(odd.iter().all(|line| line.contains("-t -touch") || line.contains("-- -touch")), "{odd:?}");
    // Where no word of a line may begin with `-`, no path does.
    for line in ["hostname -- -touch", "-- -touch ./-touch", "mount --bind ./-touch ./-touch", "flags ./-touch"] {
        assert!(script.contains(line), "{line}: {script}");
    }
}

#[test]
fn what_a_line_does_not_name_is_not_touched() {
    let call = |name: &str, args: Vec<Arg>| Call { name: name.into(), args, answer: Ok(0) };
    let text = |text: &str| Arg::Str(text.into());
    let fd = |path: &str| Arg::Fd(3, path.into());
    let raw = |text: &str| Arg::Raw(text.into());
    let calls = vec![
        call("sethostname", vec![text("box"), raw("3")]),
        call("mkdir", vec![text("/etc/touch"), raw("0777")]),
        call("write", vec![fd("/etc/touch"), text("x"), raw("1")]),
        call("write", vec![fd("/proc/sys/kernel/touch"), text("x"), raw("1")]),
        call("write", vec![fd("/mnt/../etc/touch"), text("x"), raw("1")]),
        call("openat", vec![raw("AT_FDCWD"), text("/etc/touch"), raw("O_CREAT")]),
        call("mount", vec![text("tmpfs"), text("/etc/touch"), text("tmpfs"), raw("0"), raw("NULL")]),
        call("unshare", vec![raw("CLONE_NEWUSER")]),
        call("chdir", vec![text("/etc/touch")]),
    ];
    let typed = [
        "hostname box",
        "write /mnt/a x",
        "sysctl kernel.msgmax 1",
        "mount tmpfs /mnt",
        "unshare uts",
        "clone uts",
        "cgroup set pids.max 9",
        "idmap uid 0 0 1",
        "chdir /mnt",
    ];
    for line in typed {
        let command = crate::command::parse(line).ok().flatten().map(|parsed| parsed.card.name).unwrap_or_default();
        let step = Step { line: line.into(), command: command.into(), place: Place::Inside, calls: calls.clone(), pids: vec![8] };
        let deeds = plan(&[step], 7);
        for Written { text, gaps } in [sh::script(&deeds), c::program(&deeds)] {
            assert!(!text.contains("touch") && !text.contains("NEWUSER)") && !text.contains("unshare --user"), "{line}: {text}");
            // `clone` takes of its calls no others than those of the observer before it.
            assert!(!gaps.is_empty() || command == "clone", "{line} does not say what was left out");
        }
    }
}
