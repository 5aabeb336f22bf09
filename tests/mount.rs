//! Mounts and roots: nothing reaches the host, and an archive that nobody vouches for stays where it is put.

mod needs;

use flate2::{Compression, write::GzEncoder};
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tar::{Builder, EntryType, Header};

const BOXLAB: &str = env!("CARGO_BIN_EXE_boxlab");

/// Runs the lines, below another program where there is one; gives what is printed.
fn run(before: &[&str], lines: &str) -> String {
    let words: Vec<&str> = [&["timeout", "60"], before, &[BOXLAB, "--lang", "en", "-c", lines]].concat();
    let output = Command::new(words[0]).args(&words[1..]).env("LANG", "C.UTF-8").stdin(Stdio::null()).output().expect("it runs");
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

/// What stands between the last prompt of this line and the next one.
fn after<'a>(text: &'a str, line: &str) -> &'a str {
    let (_, rest) = text.split_once(&format!("$ {line}\n")).unwrap_or_else(|| panic!("no line `{line}` in:\n{text}"));
    rest.split("\n$ ").next().unwrap_or(rest)
}

/// A host whose mounts are shared, as systemd makes them: a mount namespace for this test alone.
const SHARED_HOST: &[&str] = &["unshare", "--mount", "--propagation", "shared"];

/// Every command that mounts says so where the mount below is shared: it is one question, asked after each of them.
#[test]
fn a_mount_that_travels_is_told_of_whatever_made_it() {
    if let Some(word) = needs::missing("root linux:6.3 fs:overlay") {
        return eprintln!("skipped: needs {word}");
    }
    let ground = "unshare mnt; mount private -r /; mount tmpfs /mnt; mkdir /mnt/a /mnt/b /mnt/c; mount tmpfs /srv; \
                  subject new b; unshare user; idmap uid 0 100000 9; idmap gid 0 100000 9; subject use a";
    let lines = [
        "mount tmpfs /mnt/a",
        "mount fsopen tmpfs /mnt/a",
        "mount bind /mnt/b /mnt/a",
        "mount idmap /mnt/b /mnt/a b",
        "mount mask /mnt/a",
        "mount overlay /mnt/b /mnt/c - - /mnt/a",
        "mount move /srv /mnt/a",
        "rootfs make /mnt/a",
    ];
    for line in lines {
        for (shared, is_told) in [("mount shared /mnt; ", true), ("", false)] {
            let text = run(&[], &format!("{ground}; {shared}{line}"));
            let said = after(&text, line);
            assert_eq!(said.contains("it appears in every copy of /mnt"), is_told, "{line}:\n{said}");
        }
    }
}

#[test]
fn what_would_travel_to_the_host_is_refused() {
    if let Some(word) = needs::missing("root") {
        return eprintln!("skipped: needs {word}");
    }
    let text = run(
        SHARED_HOST,
        "unshare mnt; mount tmpfs /mnt; umount /dev/shm; mount bind /usr /mnt; mount overlay /usr - - /mnt; rootfs make /mnt; \
         show --host /proc/self/mountinfo",
    );
    for line in ["mount tmpfs /mnt", "umount /dev/shm", "mount bind /usr /mnt", "mount overlay /usr - - /mnt", "rootfs make /mnt"]
    {
        let shown = after(&text, line);
        assert!(shown.contains("refused, nothing was called") && shown.contains("shared:"), "{line}: {shown}");
    }
    let host = after(&text, "show --host /proc/self/mountinfo");
    assert!(!host.contains(" /mnt rw"), "{host}");
}

#[test]
fn what_changed_names_the_mounts_that_came_and_went() {
    if let Some(word) = needs::missing("root") {
        return eprintln!("skipped: needs {word}");
    }
    let text = run(
        SHARED_HOST,
        "unshare mnt; mount private -r /; mount tmpfs /mnt nosuid; mount remount /mnt ro; mount shared /mnt; mount move /mnt /srv; \
         spawn umount /srv; spawn true; mount tmpfs /mnt; chdir /mnt; mkdir old; pivot_root . old; umount -l /old",
    );
    for (line, shows) in [
        ("mount private -r /", " shared \u{2192} / +"),
        ("mount tmpfs /mnt nosuid", "+ mount  /mnt tmpfs nosuid"),
        ("mount remount /mnt ro", "~ mount.options  /mnt rw,nosuid,relatime \u{2192} /mnt ro,nosuid,relatime"),
        ("mount shared /mnt", "~ mount.propagation  /mnt private \u{2192} /mnt shared"),
        ("mount move /mnt /srv", "~ mount  /mnt tmpfs ro,nosuid shared \u{2192} /srv"),
        ("spawn umount /srv", "- mount  /srv tmpfs ro,nosuid shared"),
        ("pivot_root . old", "/mnt tmpfs \u{2192} / tmpfs"),
        ("umount -l /old", "- mount  /old "),
    ] {
        assert!(after(&text, line).contains(shows), "{line}: {text}");
    }
    for line in ["unshare mnt", "spawn true", "chdir /mnt"] {
        assert!(!after(&text, line).contains(" mount  "), "{line}: {text}");
    }
}

#[test]
fn private_and_slave_mounts_may_be_changed() {
    if let Some(word) = needs::missing("root") {
        return eprintln!("skipped: needs {word}");
    }
    for kind in ["private", "slave"] {
        let text = run(
            SHARED_HOST,
            &format!("unshare mnt; mount {kind} -r /; mount tmpfs /mnt; mounts --new; show --host /proc/self/mountinfo"),
        );
        assert!(after(&text, "mount tmpfs /mnt").contains("= 0"), "{text}");
        assert!(after(&text, "mounts --new").contains("+ /mnt"), "{text}");
        assert!(!after(&text, "show --host /proc/self/mountinfo").contains(" /mnt rw"), "{text}");
    }
}

/// A recursive bind of shared mounts makes further members of their peer groups: a lazy unmount of the copy would unmount the host's.
#[test]
fn a_lazy_unmount_does_not_take_the_hosts_mounts_along() {
    if let Some(word) = needs::missing("root") {
        return eprintln!("skipped: needs {word}");
    }
    let text = run(
        SHARED_HOST,
        "unshare mnt; mount private /; mount tmpfs /mnt; mkdir /mnt/dev; mount bind /dev /mnt/dev rec; umount -l /mnt/dev; show --host /proc/self/mountinfo",
    );
    assert!(after(&text, "mount bind /dev /mnt/dev rec").contains("= 0"), "{text}");
    assert!(after(&text, "umount -l /mnt/dev").contains("refused, nothing was called"), "{text}");
    assert!(after(&text, "show --host /proc/self/mountinfo").contains(" /dev/pts "), "{text}");
}

#[test]
fn files_that_others_see_are_not_written() {
    if let Some(word) = needs::missing("root") {
        return eprintln!("skipped: needs {word}");
    }
    let dir = Dir::new("files");
    let path = dir.0.display();
    let text = run(
        &[],
        &format!(
            "mkdir {path}/a; unshare mnt; mount private -r /; mkdir {path}/a; write {path}/f x; mount tmpfs /mnt; mkdir /mnt/b; mount bind {path} /mnt/b; \
             write /mnt/b/f x; mount overlay /usr {path} {path} /mnt/b; spawn ln -s {path}/g /mnt/link; write /mnt/link x; mknod {path}/n p; \
             chdir /mnt; mkdir c; show /mnt"
        ),
    );
    assert_eq!(std::fs::read_dir(&dir.0).expect("it is there").count(), 0, "{text}");
    assert_eq!(text.matches("refused, nothing was called").count(), 6, "{text}");
    assert!(after(&text, "write /mnt/link x").contains("ELOOP"), "{text}");
    assert!(after(&text, "mkdir c").contains("mkdir(\"c\", 0777) = 0"), "{text}");
}

#[test]
fn an_ordinary_user_builds_a_root_and_lives_in_it() {
    if let Some(word) = needs::missing("root userns") {
        return eprintln!("skipped: needs {word}");
    }
    let dir = Dir::new("nobody");
    let copy = dir.0.join("boxlab");
    // By another process: a child that a test beside this one forks meanwhile would hold our copy open for writing (ETXTBSY, execve(2)).
    assert!(Command::new("cp").args([BOXLAB.as_ref(), copy.as_os_str()]).status().expect("cp(1) runs").success());
    let lines = "unshare user mnt pid; idmap uid 0 65534 1; idmap gid 0 65534 1; fork; rootfs make /mnt; chdir /mnt; pivot_root . .; umount -l .; \
                 spawn sh -c 'echo I am $(id -u), PID $$, $(ls /proc | grep -c ^[0-9]) processes'; mounts; spawn touch /usr/x";
    let output = Command::new("setpriv")
        .args(["--reuid", "65534", "--regid", "65534", "--clear-groups"])
        .arg(&copy)
        .args(["--lang", "en", "-c", lines])
        .current_dir("/")
        .env("LANG", "C.UTF-8")
        .stdin(Stdio::null())
        .output()
        .expect("it runs");
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(text.contains("I am 0, PID 2,"), "{text}");
    assert!(after(&text, "mounts").lines().skip(1).all(|line| line.trim_start().starts_with('+')), "{text}");
    assert!(after(&text, "spawn touch /usr/x").contains("Read-only file system"), "{text}");
}

/// A directory below the system's temporary one, removed at the end.
struct Dir(PathBuf);

impl Dir {
    fn new(name: &str) -> Dir {
        let path = std::env::temp_dir().join(format!("test-mount-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("it is made");
        // Who is not root has to get in.
        let _ = Command::new("chmod").arg("755").arg(&path).status();
        Dir(path)
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn entry(kind: EntryType, mode: u32, size: usize) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(size as u64);
    header.set_uid(0);
    header.set_gid(0);
    header
}

/// Names as they are, however bad: the builder would refuse `..`.
fn named(mut header: Header, name: &str) -> Header {
    header.as_mut_bytes()[..100].fill(0);
    header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
    header.set_cksum();
    header
}

fn file(tar: &mut Builder<Vec<u8>>, name: &str, text: &str) {
    tar.append(&named(entry(EntryType::Regular, 0o644, text.len()), name), text.as_bytes()).expect("it fits");
}

fn other(tar: &mut Builder<Vec<u8>>, kind: EntryType, name: &str, target: &str) {
    let mut header = entry(kind, 0o755, 0);
    if !target.is_empty() {
        header.as_mut_bytes()[157..157 + target.len()].copy_from_slice(target.as_bytes());
    }
    tar.append(&named(header, name), &[][..]).expect("it fits");
}

/// The lower layer has files, the upper one hides some; both try to get out.
fn layers(outside: &Path) -> [Vec<u8>; 2] {
    let out = outside.display().to_string();
    let mut low = Builder::new(Vec::new());
    file(&mut low, "etc/motd", "low\n");
    file(&mut low, "etc/gone", "low\n");
    file(&mut low, "opaque/a", "low\n");
    file(&mut low, "opaque/deep/b", "low\n");
    other(&mut low, EntryType::Link, "etc/same", "etc/motd");
    other(&mut low, EntryType::Symlink, "link", "etc/motd");
    let mut high = Builder::new(Vec::new());
    file(&mut high, "etc/.wh.gone", "");
    file(&mut high, "opaque/.wh..wh..opq", "");
    file(&mut high, "opaque/deep/c", "high\n");
    file(&mut high, "../climbed", "out\n");
    file(&mut high, "etc/../../climbed", "out\n");
    other(&mut high, EntryType::Symlink, "door", &out);
    file(&mut high, "door/through", "out\n");
    other(&mut high, EntryType::Link, "passwd", "../../../etc/passwd");
    other(&mut high, EntryType::Char, "null", "");
    file(&mut high, &format!("{out}/absolute"), "inside\n");
    [low, high].map(|tar| tar.into_inner().expect("it ends"))
}

/// `docker save`: a manifest, a configuration, a directory a layer.
fn docker_save(layers: &[Vec<u8>]) -> Vec<u8> {
    let mut tar = Builder::new(Vec::new());
    file(&mut tar, "config.json", r#"{"config":{"Cmd":["/bin/hello"],"WorkingDir":"/w"}}"#);
    let mut names = Vec::new();
    for (at, layer) in layers.iter().enumerate() {
        let name = format!("{at}/layer.tar");
        tar.append(&named(entry(EntryType::Regular, 0o644, layer.len()), &name), layer.as_slice()).expect("it fits");
        names.push(name);
    }
    let manifest = serde_json::json!([{ "Config": "config.json", "RepoTags": ["x:1"], "Layers": names }]);
    file(&mut tar, "manifest.json", &manifest.to_string());
    tar.into_inner().expect("it ends")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// An OCI layout with gzipped layers.
fn oci_layout(layers: &[Vec<u8>]) -> Vec<u8> {
    let mut tar = Builder::new(Vec::new());
    let mut put = |name: &str, bytes: &[u8]| {
        tar.append(&named(entry(EntryType::Regular, 0o644, bytes.len()), name), bytes).expect("it fits");
    };
    let mut listed: Vec<Value> = Vec::new();
    for (at, layer) in layers.iter().enumerate() {
        put(&format!("blobs/sha256/{at}"), &gzip(layer));
        listed.push(
            serde_json::json!({ "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": format!("sha256:{at}") }),
        );
    }
    put("blobs/sha256/c", br#"{"config":{"Entrypoint":["/bin/hello"]}}"#);
    put("blobs/sha256/m", serde_json::json!({ "config": { "digest": "sha256:c" }, "layers": listed }).to_string().as_bytes());
    put("index.json", br#"{"manifests":[{"digest":"sha256:m"}]}"#);
    put("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#);
    tar.into_inner().expect("it ends")
}

#[test]
fn an_image_is_imported_and_cannot_get_out() {
    if let Some(word) = needs::missing("root fs:overlay") {
        return eprintln!("skipped: needs {word}");
    }
    let (dir, outside) = (Dir::new("image"), Dir::new("outside"));
    let layers = layers(&outside.0);
    for (name, archive) in
        [("docker.tar", docker_save(&layers)), ("docker.tar.gz", gzip(&docker_save(&layers))), ("oci.tar", oci_layout(&layers))]
    {
        let path = dir.0.join(name);
        std::fs::write(&path, archive).expect("it is written");
        let import = format!("rootfs import {} /mnt", path.display());
        let text = run(
            &[],
            &format!(
                "unshare mnt; mount private -r /; {import}; show /mnt/root/etc; show /mnt/root/opaque; show /mnt/root/opaque/deep; \
                 show /mnt/root; show /mnt/root/link; write /mnt/root/etc/motd new; show /mnt/0/etc/same; show /mnt"
            ),
        );
        let told = after(&text, &import);
        assert!(told.contains("5 entries are left out") && told.contains("would run `/bin/hello`"), "{name}: {text}");
        assert_eq!(after(&text, "show /mnt/root/etc").trim(), "motd\nsame", "{name}: {text}");
        assert_eq!(after(&text, "show /mnt/root/opaque").trim(), "deep/", "{name}: {text}");
        assert_eq!(after(&text, "show /mnt/root/opaque/deep").trim(), "c", "{name}: {text}");
        assert_eq!(after(&text, "show /mnt/0/etc/same").trim(), "low", "{name}: {text}");
        assert!(!after(&text, "show /mnt").contains("climbed"), "{name}: {text}");
        assert!(
            !after(&text, "show /mnt/root").contains("null") && !after(&text, "show /mnt/root").contains("passwd"),
            "{name}: {text}"
        );
        assert_eq!(std::fs::read_dir(&outside.0).expect("it is there").count(), 0, "{name}: {text}");
    }
}

#[test]
fn a_broken_archive_leaves_no_half_root() {
    if let Some(word) = needs::missing("root") {
        return eprintln!("skipped: needs {word}");
    }
    let dir = Dir::new("broken");
    let mut broken = docker_save(&layers(&dir.0));
    broken.truncate(2000);
    let empty = gzip(b"");
    let lies = {
        let mut tar = Builder::new(Vec::new());
        file(&mut tar, "manifest.json", r#"[{"Layers":["nowhere/layer.tar"]}]"#);
        tar.into_inner().expect("it ends")
    };
    for (name, bytes) in [("broken", broken), ("empty", empty), ("lies", lies)] {
        let path = dir.0.join(name);
        std::fs::write(&path, bytes).expect("it is written");
        let import = format!("rootfs import {} /mnt", path.display());
        let text = run(&[], &format!("unshare mnt; mount private -r /; {import}; mounts --new"));
        assert!(after(&text, &import).contains("cannot be imported"), "{text}");
        assert!(after(&text, "mounts --new").contains("nothing new"), "{text}");
    }
}
