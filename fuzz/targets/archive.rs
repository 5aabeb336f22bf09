//! An image archive: opened, its layers unpacked. It runs in a mount namespace of its own whose root is a tmpfs, as a user with no
//! rights outside: what led out of the directory would be seen below, and would harm nobody.
#![no_main]

use boxlab::command::Image;
use boxlab::kernel::unpack;
use libfuzzer_sys::{Corpus, fuzz_target};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The room in which all happens; scripts/fuzz makes it, and nothing else may be in it but what is made here.
fn room() -> &'static Path {
    static ROOM: OnceLock<PathBuf> = OnceLock::new();
    ROOM.get_or_init(|| PathBuf::from(std::env::var_os("BOXLAB_FUZZ_ROOM").expect("start it with scripts/fuzz")))
}

fuzz_target!(|data: &[u8]| -> Corpus {
    let room = room();
    let (file, dir) = (room.join("image.tar"), room.join("in"));
    fs::write(&file, data).expect("the room is ours");
    fs::create_dir(&dir).expect("it was removed");
    let kept = open(&file, &dir).is_some();
    remove(&dir);
    let mut left: Vec<_> = fs::read_dir(room).expect("the room is ours").flatten().map(|entry| entry.file_name()).collect();
    left.retain(|name| name != "image.tar");
    assert!(left.is_empty(), "outside of its directory: {left:?}");
    if kept { Corpus::Keep } else { Corpus::Reject }
});

fn open(file: &Path, dir: &Path) -> Option<()> {
    let mut image = Image::open(file, dir).ok()?;
    let names = image.layers.clone();
    let names: Vec<Option<&str>> =
        names.as_ref().map_or(vec![None], |names| names.iter().map(|name| Some(name.as_str())).collect());
    let mut layers: Vec<PathBuf> = Vec::new();
    for (number, name) in names.iter().take(4).enumerate() {
        let layer = dir.join(number.to_string());
        fs::create_dir(&layer).expect("it is new");
        let Ok(content) = image.layer(*name) else { break };
        let _ = unpack(content, &layer, &layers);
        layers.push(layer);
    }
    Some(())
}

/// A directory in it may forbid to be read.
fn remove(dir: &Path) {
    use std::os::unix::fs::PermissionsExt;
    if fs::remove_dir_all(dir).is_ok() {
        return;
    }
    let mut folders = vec![dir.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let _ = fs::set_permissions(&folder, fs::Permissions::from_mode(0o700));
        let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
        folders.extend(entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path()));
    }
    fs::remove_dir_all(dir).expect("now it can be read");
}
