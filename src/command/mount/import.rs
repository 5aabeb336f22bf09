//! `rootfs import`: the layers of a container image, unpacked and seen as one by overlay. mount(2).

use super::archive::{Image, Trouble};
use super::one;
use super::overlay::overlay;
use crate::command::{Args, Card, Equivalent, Example, Inside, Kind, Man, Primitive, Run, Said, Stop};
use crate::kernel::{Unpacked, unpack};
use crate::model::{Msg, NoteKind, NsKind, Text};
use crate::observe::process::{field, read};
use std::io;
use std::path::{Path, PathBuf};

/// An inode of tmpfs takes about a kilobyte of the kernel's memory, which `size` does not count.
const MOST_FILES: u32 = 500_000;

/// The card.
pub const CARD: Card = Card {
    name: "rootfs import",
    args: &[
        one(
            "FILE",
            Kind::Path,
            Text {
                en: "what docker save, docker export or skopeo made: a tar, also gzipped",
                zh: "docker save、docker export 或 skopeo 产生的 tar，也可经 gzip 压缩",
            },
        ),
        one("DIR", Kind::MountAt, Text { en: "an existing directory", zh: "一个已存在的目录" }),
    ],
    primitive: Primitive::Syscall("mount"),
    man: &[Man("mount", 2), Man("pivot_root", 2)],
    own: &[NsKind::Mnt],
    summary: Text {
        en: "unpack an image's layers and mount them as one root", zh: "解开镜像的各层，合并挂载成一个根"
    },
    explain: Text {
        en: "A container image is a list of tar archives and a description. A tmpfs is mounted on DIR; layer N is unpacked into DIR/N, 0 is the lowest; overlay mounts them with DIR/upper on top at DIR/root. \
             `.wh.` names become overlay's whiteouts. The archive is not trusted: names with `..`, paths that lead through links, and devices are left out and named; digests are not \
             checked, and file capabilities are not set. All of it lives in memory, in half of what is free at most, and goes with the mount namespace. Nothing is run: `chdir DIR/root; pivot_root . .; umount -l .`, then `spawn`.",
        zh: "容器镜像就是若干 tar 归档加一份说明。先在 DIR 上挂一个 tmpfs，把第 N 层解到 DIR/N（0 是最底层），再由 overlay 连同 DIR/upper 一起挂到 DIR/root。`.wh.` 开头的名字变成 overlay 的 whiteout。\
             归档不可信：含 `..` 的名字、经过符号链接的路径以及设备文件都会略过并列出；不校验摘要，不设置文件权能。内容都在内存中（最多占空闲内存的一半），随挂载命名空间一起消失。\
             这里不运行任何程序：接着用 `chdir DIR/root; pivot_root . .; umount -l .`，再 `spawn`。",
    },
    equivalents: &[
        Equivalent {
            tool: "sh(1)",
            line: "tar -xf layer.tar -C 0; mount -t overlay -o lowerdir=1:0,upperdir=upper,workdir=work overlay root",
        },
        Equivalent { tool: "docker", line: "docker load -i FILE; docker run IMAGE" },
    ],
    examples: &[
        Example {
            after: "unshare mnt; mount private -r /",
            line: "rootfs import /no/such.tar /mnt",
            shows: "no such file",
            needs: "root",
        },
        Example {
            after: "unshare mnt; mount private -r /",
            line: "rootfs import /etc/passwd /mnt",
            shows: "cannot be imported",
            needs: "root",
        },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let (file, dir) = (args.one("FILE"), args.one("DIR"));
    if let Err(error) = std::fs::metadata(file) {
        return Err(sorry(file, &Trouble::Io(error)));
    }
    cx.kernel.mount(Some("tmpfs"), dir, Some("tmpfs"), libc::MS_NODEV, Some(&room()))?;
    import(cx, file, dir.trim_end_matches('/')).inspect_err(|_| {
        // Half an image helps nobody; what made it fail is what matters.
        let _ = cx.kernel.umount2(dir, true);
    })
}

/// Half of the memory that is free, and not more files than that can hold: an archive of a few kilobytes can unpack to more than any machine has.
fn room() -> String {
    let text = read(Path::new("/proc/meminfo"));
    let free = text.is().and_then(|text| field(text, "MemAvailable")?.split(' ').next()?.parse::<u64>().ok());
    // Of what there is in all, where it cannot be read (after pivot_root, without /proc).
    let size = free.map_or("20%".into(), |kilobytes| format!("{}k", kilobytes / 2));
    format!("mode=755,size={size},nr_inodes={MOST_FILES}")
}

fn import(cx: &mut Inside<'_>, file: &str, dir: &str) -> Result<Said, Stop> {
    let trouble = |trouble: Trouble| sorry(file, &trouble);
    let mut image = Image::open(Path::new(file), Path::new(dir)).map_err(trouble)?;
    let names = image.layers.clone();
    let names: Vec<Option<&str>> =
        names.as_ref().map_or(vec![None], |names| names.iter().map(|name| Some(name.as_str())).collect());
    let mut layers: Vec<PathBuf> = Vec::new();
    let mut sum = Unpacked::default();
    for (number, name) in names.iter().enumerate() {
        let layer = Path::new(dir).join(number.to_string());
        cx.kernel.mkdir(&layer)?;
        let content = image.layer(*name).map_err(trouble)?;
        let done = unpack(content, &layer, &layers).map_err(|error| sorry(file, &Trouble::Io(error)))?;
        sum.made += done.made;
        sum.left_out += done.left_out;
        sum.squashed += done.squashed;
        sum.odd.extend(done.odd);
        layers.push(layer);
    }
    if sum.made == 0 {
        let why = Msg::new("there is no file in it", "里面没有文件");
        return Err(sorry(file, &Trouble::Odd(why)));
    }
    let part = |name: &str| format!("{dir}/{name}");
    for name in ["upper", "work", "root"] {
        cx.kernel.mkdir(Path::new(&part(name)))?;
    }
    // The topmost layer is named first.
    let lower: Vec<String> = layers.iter().rev().map(|layer| layer.to_string_lossy().into_owned()).collect();
    overlay(cx, &lower, Some((&part("upper"), &part("work"))), &part("root"))?;
    Ok(told(&image, &sum, layers.len(), dir))
}

fn told(image: &Image, sum: &Unpacked, layers: usize, dir: &str) -> Said {
    let mut said = Said::nothing().note(
        NoteKind::Did,
        Msg::new(
            format!("{layers} layers, {} files, directories and links unpacked (those calls are not listed)", sum.made),
            format!("共 {layers} 层，解开了 {} 个文件、目录与链接（这些调用未列出）", sum.made),
        ),
    );
    if sum.left_out > 0 {
        let names = sum.odd.iter().take(4).cloned().collect::<Vec<_>>().join(", ");
        said = said.note(
            NoteKind::Careful,
            Msg::new(
                format!(
                    "{} entries are left out, because they lead out of the layer, go through a link, or are devices: {names}",
                    sum.left_out
                ),
                format!("略过了 {} 项，因为它们指向层外、经过符号链接或是设备文件：{names}", sum.left_out),
            ),
        );
    }
    if sum.squashed > 0 {
        said = said.note(
            NoteKind::Careful,
            Msg::new(
                format!("{} of them belong to IDs that this user namespace does not map; they are the subject's", sum.squashed),
                format!("其中 {} 项属于当前用户命名空间没有映射的 ID，改归被观察进程所有", sum.squashed),
            ),
        );
    }
    if !image.config.command.is_empty() {
        let (command, user, workdir) = (image.config.command.join(" "), &image.config.user, &image.config.workdir);
        let user = if user.is_empty() { "root" } else { user };
        let workdir = if workdir.is_empty() { "/" } else { workdir };
        said = said.note(
            NoteKind::Did,
            Msg::new(
                format!("the image would run `{command}` as {user} in {workdir}"),
                format!("该镜像原本会以 {user} 身份在 {workdir} 中运行 `{command}`"),
            ),
        );
    }
    said.note(NoteKind::Next, Msg::same(format!("chdir {dir}/root; pivot_root . .; umount -l .")))
}

fn sorry(file: &str, trouble: &Trouble) -> Stop {
    let why = match trouble {
        Trouble::Odd(why) => why.clone(),
        Trouble::Io(error) if error.kind() == io::ErrorKind::NotFound => Msg::new(
            "no such file in the subject's view (after pivot_root it sees the new root only)",
            "在被观察进程的视图中没有这个文件（pivot_root 之后只能看到新的根）",
        ),
        Trouble::Io(error) => Msg::same(error.to_string()),
    };
    Stop::Unfit(Msg::new(format!("{file} cannot be imported: {}", why.en), format!("无法导入 {file}：{}", why.zh)))
}
