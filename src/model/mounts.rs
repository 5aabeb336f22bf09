//! Which mounts came, went or changed between two looks at a mount namespace.

use super::{Change, MountLive};

/// More rows of one sort than this are not read: the rest is counted.
const MANY: usize = 5;

/// The differences of two lists of mounts. In the same mount namespace a mount is known by its number; a new namespace has copies, with
/// numbers of their own, and there it is known by what it shows and where.
pub(super) fn mount_changes(was: &[MountLive], is: &[MountLive], same_ns: bool) -> Vec<Change> {
    let known = |one: &MountLive, other: &MountLive| {
        let same = one.dev == other.dev && one.root == other.root;
        same && if same_ns { one.id == other.id } else { one.point == other.point }
    };
    let mut gone: Vec<&MountLive> = was.iter().collect();
    let (mut came, mut kept) = (Vec::new(), Vec::new());
    for mount in is {
        match gone.iter().position(|old| known(old, mount)) {
            Some(at) => kept.push((gone.remove(at), mount)),
            None => came.push(mount),
        }
    }
    let row = |what: &str, was: String, is: String| Change { what: what.into(), was, is };
    let came: Vec<Change> = came.into_iter().map(|mount| row("mount", String::new(), shown(mount))).collect();
    // What is mounted below goes along.
    let went =
        tops(&gone, |_| true).into_iter().map(|(mount, below)| row("mount", shown(mount) + &and_more(below), String::new()));
    let went: Vec<Change> = went.collect();
    let (olds, news): (Vec<&MountLive>, Vec<&MountLive>) =
        kept.iter().filter(|(old, new)| old.point != new.point).copied().unzip();
    let mut moved = tops(&news, |at| olds[at].parent == news[at].parent);
    // Whose root moved wants to know what is at / now.
    moved.sort_by_key(|(mount, _)| mount.point != "/");
    let old = |new: &MountLive| news.iter().position(|one| one.id == new.id).map(|at| shown(olds[at])).unwrap_or_default();
    let moved = moved.into_iter().map(|(new, below)| row("mount", old(new), shown(new) + &and_more(below)));
    let moved: Vec<Change> = moved.collect();
    let mut rows = Vec::new();
    let mut cut = false;
    for mut some in [moved, came, went] {
        cut |= some.len() > MANY;
        some.truncate(MANY);
        rows.extend(some);
    }
    rows.extend(alike("mount.options", &kept, |mount| mount.options.join(",")));
    rows.extend(alike("mount.propagation", &kept, MountLive::propagation));
    if cut {
        rows.push(row("mounts", was.len().to_string(), is.len().to_string()));
    }
    rows
}

/// Those that hang on none of the others, each with how many of the others hang on it. `hangs`: whether it counts where this one hangs.
fn tops<'a>(mounts: &[&'a MountLive], hangs: impl Fn(usize) -> bool) -> Vec<(&'a MountLive, usize)> {
    let parent = |at: usize| mounts.iter().position(|one| one.id == mounts[at].parent && one.id != mounts[at].id);
    let top = |at: usize| {
        std::iter::successors(Some(at), |at| parent(*at).filter(|_| hangs(*at))).take(mounts.len()).last().unwrap_or(at)
    };
    let mut found: Vec<(usize, usize)> = Vec::new();
    for at in (0..mounts.len()).map(top) {
        match found.iter_mut().find(|(known, _)| *known == at) {
            Some((_, count)) => *count += 1,
            None => found.push((at, 0)),
        }
    }
    found.into_iter().map(|(at, below)| (mounts[at], below)).collect()
}

/// ` +27`
fn and_more(count: usize) -> String {
    if count == 0 { String::new() } else { format!(" +{count}") }
}

/// `/mnt tmpfs nosuid`, `/a ext4[/usr] ro shared`: where, which filesystem, which directory of it, and what is not the default.
fn shown(mount: &MountLive) -> String {
    let mut text = format!("{} {}", mount.point, mount.fs);
    if mount.root != "/" {
        text += &format!("[{}]", mount.root);
    }
    let options: Vec<&str> =
        mount.options.iter().map(String::as_str).filter(|word| *word != "rw" && *word != "relatime").collect();
    let propagation = mount.propagation();
    for word in [options.join(","), if propagation == "private" { String::new() } else { propagation }] {
        if !word.is_empty() {
            text = text + " " + &word;
        }
    }
    text
}

/// Mounts that changed in the same way are one row: `/ +27 shared`.
fn alike(what: &str, kept: &[(&MountLive, &MountLive)], value: impl Fn(&MountLive) -> String) -> Vec<Change> {
    let mut found: Vec<(String, String, &str, usize)> = Vec::new();
    for (old, new) in kept {
        let (was, is) = (value(old), value(new));
        match found.iter_mut().find(|(one, other, ..)| *one == was && *other == is) {
            _ if was == is => {}
            Some((.., more)) => *more += 1,
            None => found.push((was, is, &new.point, 0)),
        }
    }
    let row = |(was, is, point, more): (String, String, &str, usize)| {
        let place = format!("{point}{}", and_more(more));
        Change { what: what.into(), was: format!("{place} {was}"), is: format!("{place} {is}") }
    };
    found.into_iter().take(MANY).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mount(id: u32, point: &str, fs: &str) -> MountLive {
        let (dev, options) = (format!("0:{fs}"), vec!["rw".into(), "relatime".into()]);
        MountLive { id, point: point.into(), root: "/".into(), dev, fs: fs.into(), options, ..MountLive::default() }
    }

    fn rows(was: &[MountLive], is: &[MountLive], same: bool) -> Vec<String> {
        let text = |change: Change| format!("{}: {} -> {}", change.what, change.was, change.is);
        mount_changes(was, is, same).into_iter().map(text).collect()
    }

    #[test]
    fn what_came_went_moved_and_changed_are_rows() {
        let was = [mount(1, "/", "ext4"), mount(2, "/proc", "proc"), mount(3, "/a", "tmpfs")];
        let mut moved = mount(3, "/b", "tmpfs");
        moved.options = vec!["ro".into(), "nosuid".into()];
        let mut bound = mount(4, "/usr", "ext4");
        (bound.root, bound.tags) = ("/srv".into(), vec!["shared:7".into()]);
        assert_eq!(
            rows(&was, &[was[0].clone(), moved, bound], true),
            [
                "mount: /a tmpfs -> /b tmpfs ro,nosuid",
                "mount:  -> /usr ext4[/srv] shared",
                "mount: /proc proc -> ",
                "mount.options: /b rw,relatime -> /b ro,nosuid",
            ]
        );
        assert!(rows(&was, &was, true).is_empty());
    }

    #[test]
    fn a_new_namespace_has_copies_and_they_are_no_news() {
        let was = [mount(1, "/", "ext4"), mount(2, "/proc", "proc"), mount(3, "/proc", "proc")];
        let copies = [mount(11, "/", "ext4"), mount(12, "/proc", "proc"), mount(13, "/proc", "proc")];
        assert!(rows(&was, &copies, false).is_empty());
        assert_eq!(rows(&was, &copies[..2], false), ["mount: /proc proc -> "]);
    }

    #[test]
    fn a_number_that_is_given_anew_is_another_mount() {
        assert_eq!(
            rows(&[mount(1, "/a", "proc")], &[mount(1, "/a", "tmpfs")], true),
            ["mount:  -> /a tmpfs", "mount: /a proc -> "]
        );
    }

    #[test]
    fn many_are_counted_and_what_is_alike_is_one_row() {
        let was: Vec<MountLive> = (0..30).map(|id| mount(id, &format!("/{id}"), "tmpfs")).collect();
        let rows_of_loss = rows(&was, &was[..1], true);
        assert_eq!((rows_of_loss.len(), rows_of_loss[MANY].as_str()), (MANY + 1, "mounts: 30 -> 1"));
        let shared: Vec<MountLive> = was.iter().cloned().map(|one| MountLive { tags: vec!["shared:1".into()], ..one }).collect();
        assert_eq!(rows(&shared, &was, true), ["mount.propagation: /0 +29 shared -> /0 +29 private"]);
    }

    #[test]
    fn the_new_root_comes_first_and_what_is_below_goes_along() {
        let below = |mut mount: MountLive, parent: u32| {
            mount.parent = parent;
            mount
        };
        let was = [mount(1, "/", "ext4"), below(mount(2, "/mnt", "tmpfs"), 1), below(mount(3, "/mnt/proc", "proc"), 2)];
        let is = [below(mount(1, "/old", "ext4"), 2), below(mount(2, "/", "tmpfs"), 9), below(mount(3, "/proc", "proc"), 2)];
        assert_eq!(rows(&was, &is, true), ["mount: /mnt tmpfs -> / tmpfs +1", "mount: / ext4 -> /old ext4"]);
        assert_eq!(rows(&was, &[], true), ["mount: / ext4 +2 -> "]);
    }
}
