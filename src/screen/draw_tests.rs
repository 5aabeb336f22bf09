//! Golden screens: what a person sees at the usual sizes, in both languages, with cgroup v1 (two subjects) and v2 (one).
//!
//! `BOXLAB_BLESS=1 cargo test golden` writes them anew; look at the difference before you commit it.

use super::*;
use crate::model::{
    Branch, Change, CpuGauge, Gauge, Gauges, IdMap, Lang, Mounted, Names, NsId, NsKind, Outsider, PaneWish, Seen, Watched,
};
use crate::observe;
use crate::ui::Theme;
use std::path::{Path, PathBuf};

fn id(kind: NsKind, of: u64) -> NsId {
    NsId { dev: 0, ino: 4026531832 + of * 300 + kind as u64 }
}

/// A subject with these namespaces of its own.
fn subject(name: &str, pid: i32, own: &[NsKind], number: u64, cgroup: Option<Gauges>) -> Watched {
    let proc = Path::new("/proc");
    let mut seen = observe::snapshot(proc, i32::MAX);
    seen.pid = pid;
    seen.nspid = if own.contains(&NsKind::Pid) { vec![pid, 1] } else { vec![pid] };
    for kind in NsKind::ALL {
        let at = Seen::Is(id(kind, if own.contains(&kind) { number } else { 0 }));
        if kind.row().children.is_some() {
            seen.next.insert(kind, at.clone());
        }
        seen.ns.insert(kind, at);
    }
    // A time namespace that waits for its first child.
    if own.contains(&NsKind::Uts) {
        seen.next.insert(NsKind::Time, Seen::Not { path: String::new(), errno: nix::errno::Errno::ENOENT as i32 });
    }
    seen.creds = observe::snapshot(proc, std::process::id() as i32).creds;
    if let Seen::Is(creds) = &mut seen.creds {
        (creds.euid, creds.cap_eff) = (1000, 0x1ff_ffff_ffff);
    }
    seen.uid_map = Seen::Is(vec![IdMap { inside: 0, outside: 1000, count: 1 }]);
    (seen.root, seen.clocks) = (Seen::Is("/".into()), Seen::Is(Vec::new()));
    let hostname = Some(if own.contains(&NsKind::Uts) { "box" } else { "host" }.to_string());
    let branch = |depth, pid, inside, state, command: &str| Branch { depth, pid, inside, state, command: command.into() };
    let tree = vec![
        branch(0, pid, None, 'S', "boxlab-subject"),
        branch(1, pid + 1, Some(1), 'S', "bash"),
        branch(2, pid + 2, Some(2), 'Z', "e\x1b[31mvil 命令"),
        branch(2, pid + 3, Some(3), 'T', "vim /etc/hosts"),
    ];
    let mounts = own.contains(&NsKind::Mnt).then(|| Mounted { outside: 34, inside: 35, came: vec!["/mnt".into()] });
    Watched { name: name.into(), seen, cgroup, hostname, init_gone: false, mounts, links: None, tree, more: false }
}

fn gauges(version: &str) -> Gauges {
    Gauges {
        version: version.into(),
        path: "/user.slice/user-1000.slice/boxlab-4700/a-4711".into(),
        controllers: vec!["cpu".into(), "memory".into(), "pids".into()],
        memory: Some(Gauge { used: 60 << 20, limit: Some(64 << 20) }),
        peak: Some(64 << 20),
        oom_kills: Some(2),
        pids: Some(Gauge { used: 4, limit: Some(100) }),
        forks_refused: Some(0),
        cpu: Some(CpuGauge { used: Some(49.6), limit: Some(50.0), throttled: 12 }),
        frozen: version == "v1",
        pressure: if version == "v2" { vec![("memory".into(), 12.5), ("cpu".into(), 0.0)] } else { Vec::new() },
    }
}

fn picture(version: &str, number: usize) -> (Picture, Names) {
    let own = [NsKind::User, NsKind::Mnt, NsKind::Pid, NsKind::Uts];
    let mut subjects = vec![subject("a", 4711, &own, 1, Some(gauges(version)))];
    subjects.push(subject("b", 4811, &[NsKind::Uts], 1, None));
    subjects.push(subject("c", 4911, &[NsKind::User, NsKind::Uts], 1, None));
    subjects.truncate(number);
    let mut names = Names::new(NsKind::ALL.into_iter().map(|kind| (kind, id(kind, 0))).collect());
    own.into_iter().for_each(|kind| names.birth("a", kind, id(kind, 1)));
    let change = |what: &str| Change { what: what.into(), was: String::new(), is: "x".into() };
    let outsider = Outsider { hostname: "host".into(), links: Vec::new(), last_capability: Some(40) };
    let picture =
        Picture { subjects, current: "a".into(), changes: vec![change("ns.uts"), change("hostname")], outsider, covered: false };
    (picture, names)
}

const SIZES: [(usize, usize); 6] = [(40, 10), (60, 20), (80, 24), (96, 30), (120, 36), (200, 50)];

fn screen(lang: Lang, picture: &Picture, names: Names, foot: &Foot, (columns, rows): (usize, usize)) -> String {
    let layout = Layout::of(columns, rows, PaneWish::default());
    let style = Style { names, theme: Theme::Dark, ..Style::plain(lang) };
    let pane = Pane::new(picture, foot, &layout, &style);
    let mut emulator = Emulator::new(layout.left, false);
    emulator.advance("a[4711] uts ▸ spawn vim\r\n命名空间 namespaces\r\n".as_bytes());
    let mut frame = Frame::new(columns, rows);
    draw(&mut frame, &emulator, &layout, &pane, &style);
    let row = |row| {
        let cells =
            frame.row(row).iter().filter(|cell| !cell.flags.contains(alacritty_terminal::term::cell::Flags::WIDE_CHAR_SPACER));
        cells.map(|cell| cell.c).collect::<String>().trim_end().to_string() + "\n"
    };
    (0..rows).map(row).collect()
}

/// Which golden screens are not what is drawn; under BOXLAB_BLESS none, for they are written anew.
fn differs(name: &str, drawn: &str) -> Option<String> {
    let file: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/screens").join(name);
    if std::env::var_os("BOXLAB_BLESS").is_some() {
        std::fs::write(&file, drawn).expect("tests/screens can be written");
    }
    let wanted = std::fs::read_to_string(&file).unwrap_or_default();
    (wanted != drawn).then(|| format!("{name}; wanted:\n{wanted}\ndrawn:\n{drawn}"))
}

#[test]
fn golden_screens() {
    let mut wrong = Vec::new();
    for lang in [Lang::En, Lang::Zh] {
        for size in SIZES {
            for (version, number) in [("v1", 2), ("v2", 1)] {
                let (picture, names) = picture(version, number);
                let name = format!("{}-{version}-{}x{}.txt", lang.name(), size.0, size.1);
                let drawn = screen(lang, &picture, names, &Foot::Keys, size);
                assert!(drawn.lines().all(|line| ui::width(line) <= size.0), "{name} is too wide:\n{drawn}");
                wrong.extend(differs(&name, &drawn));
            }
            let (picture, names) = picture("v2", 1);
            let drawn = screen(lang, &picture, names, &Foot::Prefix, size);
            assert!(!drawn.contains('…') || size.0 > 40, "a key's words are cut:\n{drawn}");
            wrong.extend(differs(&format!("{}-keys-{}x{}.txt", lang.name(), size.0, size.1), &drawn));
        }
        for size in [(80, 24), (120, 36)] {
            let (picture, names) = picture("v1", 3);
            let drawn = screen(lang, &picture, names, &Foot::Keys, size);
            wrong.extend(differs(&format!("{}-three-{}x{}.txt", lang.name(), size.0, size.1), &drawn));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_prediction_hides_the_answer() {
    let (mut picture, names) = picture("v2", 1);
    picture.covered = true;
    let layout = Layout::of(120, 32, PaneWish::default());
    let style = Style { names, ..Style::plain(Lang::En) };
    let pane = Pane::new(&picture, &Foot::Keys, &layout, &style);
    let text: String = pane.lines.iter().map(|line| pane::text_of(line)).collect();
    assert!(text.contains("hidden") && !text.contains("uts") && !text.contains("4711"), "{text}");
}

#[test]
fn every_size_can_be_drawn() {
    let (picture, names) = picture("v1", 3);
    let style = Style { names, ..Style::plain(Lang::Zh) };
    for columns in (0..140).step_by(3) {
        for rows in 0..40 {
            let layout = Layout::of(columns, rows, PaneWish::default());
            let mut frame = Frame::new(columns, rows);
            for foot in [Foot::Keys, Foot::Prefix, Foot::Say(crate::model::Msg::new("so it is", "就是这样"))] {
                let pane = Pane::new(&picture, &foot, &layout, &style);
                draw(&mut frame, &Emulator::new(layout.left, false), &layout, &pane, &style);
            }
        }
    }
}
