//! Looking at what files really are, hostile ones included.

use super::*;

fn shown(path: &str) -> Vec<String> {
    match look(Path::new(path), View::Subject).expect("it can be looked at").view.as_slice() {
        [Block::Lines(lines)] => lines.clone(),
        other => panic!("{other:?}"),
    }
}

fn refused(path: &Path) -> String {
    match look(path, View::Subject) {
        Err(Stop::Unfit(why)) => why.en,
        other => panic!("{other:?}"),
    }
}

/// A directory of one's own; removed with this value.
struct Scratch(std::path::PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let dir = std::env::temp_dir().join(format!("boxlab-look-{name}-{}", std::process::id()));
        std::fs::create_dir(&dir).expect("the temporary directory is writable");
        Scratch(dir)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn an_empty_file_is_said_to_be_empty() {
    let scratch = Scratch::new("empty");
    let path = scratch.0.join("nothing");
    std::fs::write(&path, "").expect("the scratch directory is writable");
    let said = look(&path, View::Subject).expect("it can be looked at");
    assert!(said.view.is_empty() && said.notes[0].text.en == "an empty file", "{said:?}");
}

#[test]
fn a_file_is_shown_as_it_is() {
    assert_eq!(shown("/proc/self/comm").len(), 1);
    assert!(shown("/proc/self/status").iter().any(|line| line.starts_with("NSpid:")));
    assert!(shown("/proc/self/cmdline")[0].contains("boxlab"), "NUL ends a word");
}

#[test]
fn a_magic_link_is_shown_not_followed() {
    assert!(shown("/proc/self/ns/uts")[0].starts_with("uts:["));
    assert!(shown("/proc/self/exe")[0].starts_with('/'));
}

#[test]
fn a_fifo_and_a_device_are_refused_at_once() {
    let dir = Scratch::new("fifo");
    let fifo = dir.0.join("pipe");
    nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::from_bits_truncate(0o600)).expect("a FIFO can be made");
    let start = Instant::now();
    assert!(refused(&fifo).contains("FIFO"));
    assert!(refused(Path::new("/dev/zero")).contains("device"));
    assert!(start.elapsed() < PATIENCE);
}

#[test]
fn a_large_file_is_cut_and_fits_a_packet() {
    let dir = Scratch::new("large");
    for (name, content) in [("zero", vec![0; 1 << 20]), ("high", vec![0xff; 1 << 20]), ("text", b"line\n".repeat(1 << 18))] {
        let path = dir.0.join(name);
        std::fs::write(&path, content).expect("the file is written");
        let said = look(&path, View::Subject).expect("it can be looked at");
        assert_eq!(said.notes[0].text.en, "there is more", "{name}");
        assert!(serde_json::to_string(&said).expect("it is plain data").len() < 160 * 1024, "{name}");
    }
}

#[test]
fn a_directory_is_listed() {
    let dir = Scratch::new("dir");
    for name in ["2", "10"] {
        std::fs::create_dir(dir.0.join(name)).expect("a directory is made");
    }
    std::os::unix::fs::symlink("nowhere", dir.0.join("link")).expect("a link is made");
    std::fs::write(dir.0.join("file"), "").expect("a file is made");
    assert_eq!(shown(&dir.0.to_string_lossy()), ["2/", "10/", "file", "link -> nowhere"]);
}

#[test]
fn what_is_not_there_says_what_to_try() {
    assert!(refused(Path::new("/nowhere/at/all")).contains("ENOENT, there is no such path in this view"));
    assert!(refused(Path::new("/proc/self/mem")).contains("EIO"));
}
