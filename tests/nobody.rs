//! An ordinary user: everything works, or explains itself. Run by root, these tests become `nobody` by setpriv(1).

mod needs;

use boxlab::command::cards;
use boxlab::model::{End, Turn};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The user and group ID of `nobody`; also what the kernel shows for IDs that are not mapped.
const NOBODY: &str = "65534";

/// A directory of its own, with a copy of the program that everybody may run: where it was built is closed to others, often.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Place {
        let dir = std::env::temp_dir().join(format!("boxlab-nobody-{name}-{}", std::process::id()));
        std::fs::create_dir(&dir).expect("a directory");
        // By another process: a descriptor open for writing would be inherited by whatever a test beside this one starts just
        // then, and to execute the copy would be ETXTBSY (execve(2)).
        let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_boxlab")).arg(dir.join("boxlab")).status();
        assert!(copied.expect("cp runs").success(), "a copy");
        let mode = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("it is ours");
        mode(&dir, 0o777);
        mode(&dir.join("boxlab"), 0o755);
        Place(dir)
    }

    /// boxlab as an ordinary user.
    fn boxlab(&self) -> Command {
        let mut command = Command::new("timeout");
        command.arg("60");
        if nix::unistd::geteuid().is_root() {
            command.args(["setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]);
        }
        command.arg(self.0.join("boxlab")).current_dir("/").stdin(Stdio::null());
        command.env_remove("LC_ALL").env("LANG", "C.UTF-8").env("HOME", &self.0).env("TMPDIR", &self.0);
        command
    }

    fn turns(&self, lines: &str) -> Vec<Turn> {
        let output = self.boxlab().args(["--json", "-c", lines]).output().expect("boxlab runs");
        let text = String::from_utf8(output.stdout).expect("text");
        text.lines().map(|line| serde_json::from_str(line).expect("a turn")).collect()
    }

    fn text(&self, lines: &str) -> String {
        let output = self.boxlab().args(["--lang", "en", "-c", lines]).output().expect("boxlab runs");
        String::from_utf8([output.stdout, output.stderr].concat()).expect("text")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// May an ordinary user make user namespaces here? If not, the reason is the machine's, and most of this cannot be tried.
fn userns() -> bool {
    static ALLOWED: OnceLock<bool> = OnceLock::new();
    let allowed = *ALLOWED.get_or_init(|| {
        let place = Place::new("userns");
        place.turns("unshare user").first().is_some_and(|turn| turn.end.ok())
    });
    let required = std::env::var("BOXLAB_REQUIRE").unwrap_or_default();
    assert!(allowed || !required.split(',').any(|word| word == "userns"), "userns is required and is not there");
    if !allowed {
        eprintln!("skipped: an ordinary user may not make user namespaces here");
    }
    allowed
}

/// IDs of the user that the tests run boxlab as.
fn ids() -> (String, String) {
    match nix::unistd::geteuid().is_root() {
        true => (NOBODY.into(), NOBODY.into()),
        false => (nix::unistd::geteuid().to_string(), nix::unistd::getegid().to_string()),
    }
}

#[test]
fn a_user_namespace_comes_first_and_gives_the_right_to_the_others() {
    if !userns() {
        return;
    }
    let place = Place::new("first");
    let (uid, gid) = ids();
    let lines = format!(
        "unshare user pid\nidmap uid 0 {uid} 1\nidmap gid 0 {gid} 1\nunshare uts ipc net mnt cgroup time\nhostname box\n\
         show /proc/self/ns\nspawn bash -c 'echo I am $$, $(id -u) of $(hostname)'"
    );
    let turns = place.turns(&lines);
    for turn in &turns {
        assert!(turn.end.ok(), "{turn:?}");
    }
    let table = serde_json::to_string(&turns[5].view).expect("JSON");
    // Its own pid and time namespaces are for its children.
    assert_eq!(table.matches("\"mark\":\"host\"").count(), 2, "{table}");
    assert_eq!(turns[6].output, "I am 1, 0 of box\n");
    assert!(turns[2].calls.iter().any(|call| call.to_string().contains("setgroups>, \"deny\"")), "{:?}", turns[2]);
}

#[test]
fn what_is_not_allowed_says_so_and_the_rest_goes_on() {
    let place = Place::new("refused");
    let turns = place.turns("unshare pid; cgroup set memory.max 64M; show /proc/self/ns; spawn bash -c 'echo still here'");
    assert_eq!(turns[0].calls[0].to_string(), "unshare(CLONE_NEWPID) = -1 EPERM (Operation not permitted)");
    assert!(matches!(turns[0].end, End::Failed { .. }), "{:?}", turns[0]);
    assert!(turns[2].end.ok() && turns[3].end.ok(), "{turns:?}");
    assert_eq!(turns[3].output, "still here\n");
}

/// PID 1 is root's: none of its links can be read, so nothing is said about whose its namespaces are.
#[test]
fn what_may_not_be_read_is_not_called_the_hosts() {
    let place = Place::new("unread");
    let turns = place.turns("isolation 1");
    let table = serde_json::to_string(&turns[0].view).expect("JSON");
    assert!(table.contains("cannot be read (ptrace(2)): user mnt pid net uts ipc cgroup time"), "{table}");
    assert!(table.contains("its user namespace cannot be read"), "{table}");
    assert!(!table.contains("all the host's") && !table.contains("only over what"), "{table}");
}

#[test]
fn cgroups_say_that_they_are_not_delegated_and_how_to_get_one() {
    let place = Place::new("cgroup");
    for line in ["cgroup set memory.max 64M", "cgroup set pids.max 20", "cgroup new web", "cgroup freeze", "cgroup kill"] {
        let Some(turn) = place.turns(line).pop() else { panic!("{line}") };
        match turn.end {
            // Where the tests run in a delegated cgroup, it works.
            End::Done => {}
            End::Unfit { why } => {
                assert!(
                    why.en.contains("systemd-run --user --scope -p Delegate=yes") || line == "cgroup kill",
                    "{line}: {}",
                    why.en
                );
                assert!(turn.calls.is_empty(), "{line}: {:?}", turn.calls);
            }
            other => panic!("{line}: {other:?}"),
        }
    }
    // To look needs no right.
    for line in ["cgroup get", "cgroup show", "cgroup tree"] {
        assert!(place.turns(line)[0].end.ok(), "{line}");
    }
}

#[test]
fn every_example_that_needs_no_right_shows_what_it_says() {
    if !userns() {
        return;
    }
    let place = Place::new("examples");
    let mut failures = Vec::new();
    let (mut ran, mut left) = (0, 0);
    for (card, example) in cards().flat_map(|card| card.examples.iter().map(move |example| (card, example))) {
        if needs::lacks(example.needs, false).is_some() {
            left += 1;
            continue;
        }
        ran += 1;
        let text = place.text(&format!("{};{}", example.after, example.line));
        let shown = text.rsplit_once(&format!("$ {}\n", example.line)).map_or(text.as_str(), |(_, after)| after);
        if !shown.contains(example.shows) {
            failures.push(format!(
                "{}: `{}` after `{}` does not show `{}`:\n{text}",
                card.name, example.line, example.after, example.shows
            ));
        }
    }
    println!("{ran} examples ran as an ordinary user; {left} need root");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// What needs root must fail in a sentence, not in a panic, a hang or a success that did nothing.
#[test]
fn every_example_that_needs_root_ends_in_a_sentence() {
    let place = Place::new("root");
    let mut failures = Vec::new();
    for example in cards().flat_map(|card| card.examples).filter(|example| needs::lacks(example.needs, false) == Some("root")) {
        let lines = format!("{};{}", example.after, example.line);
        let output = place.boxlab().args(["--json", "-c", &lines]).output().expect("boxlab runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.code().is_none_or(|status| status > 1) || said.contains("panicked") {
            failures.push(format!("`{lines}`: {:?} {said}", output.status));
            continue;
        }
        for turn in
            String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str::<Turn>(line).expect("a turn"))
        {
            let explained = match &turn.end {
                End::Failed { .. } => turn.calls.iter().any(|call| call.answer.is_err()),
                End::Usage { why } | End::Refused { why } | End::Unfit { why } => !why.en.is_empty() && !why.zh.is_empty(),
                _ => true,
            };
            if !explained {
                failures.push(format!("`{lines}`: {turn:?}"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Lessons that ask for root; what they need beside it every user has in a user namespace.
#[test]
fn rootless_is_root_enough_for_lessons() {
    if let Some(word) = needs::missing("userns") {
        return eprintln!("skipped: needs {word}");
    }
    let place = Place::new("rootless");
    let lessons = ["09-mnt.txt", "10-user.txt", "11-net.txt", "12-ipc.txt"].map(|name| {
        let copy = place.0.join(name);
        std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("lessons").join(name), &copy).expect("a copy");
        copy
    });
    let plain = place.boxlab().args(["--lang", "en", "replay"]).args(&lessons).output().expect("boxlab runs");
    let text = String::from_utf8_lossy(&plain.stdout).into_owned();
    assert_eq!(plain.status.code(), Some(3), "{text}");
    assert!(text.contains("`boxlab --rootless` makes you root"), "{text}");
    let rootless = place.boxlab().args(["--rootless", "--lang", "en", "replay"]).args(&lessons).output().expect("boxlab runs");
    let text = String::from_utf8_lossy(&rootless.stdout).into_owned();
    assert_eq!(rootless.status.code(), Some(0), "{text}{}", String::from_utf8_lossy(&rootless.stderr));
}

#[test]
fn rootless_maps_ones_own_id_and_is_not_for_root() {
    if let Some(word) = needs::missing("root userns") {
        return eprintln!("skipped: needs {word}");
    }
    let place = Place::new("rootless-ids");
    let output = place.boxlab().args(["--rootless", "-c", "show /proc/self/uid_map"]).output().expect("boxlab runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let map: Vec<&str> = text.lines().nth(1).unwrap_or_default().split_whitespace().collect();
    assert_eq!(map[..2], ["0", NOBODY], "{text}");
    let refused = Command::new(env!("CARGO_BIN_EXE_boxlab")).args(["--rootless", "-c", "ps"]).output().expect("boxlab runs");
    assert_eq!(refused.status.code(), Some(2));
}
