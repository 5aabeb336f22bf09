//! `keyring`, `keyring new`: the keys that the kernel keeps for a session. keyctl(2), add_key(2).

use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::{Cell, Msg, NoteKind, Text, errno_name};

/// More keys than this are only counted.
const MOST: usize = 20;

/// `keyring`.
pub const SHOW: Card = Card {
    name: "keyring",
    args: &[],
    primitive: Primitive::Syscall("keyctl"),
    man: &[Man("keyctl", 2), Man("keyrings", 7), Man("session-keyring", 7)],
    own: &[],
    summary: Text { en: "the keys of the subject's session keyring", zh: "被观察进程会话密钥环中的密钥" },
    explain: Text {
        en: "The kernel keeps keys for processes: Kerberos tickets, passwords of network filesystems, keys of disks. Each process has a session keyring, which it got from its parent, and whoever \
             has it may use the keys in it. No namespace isolates that: a process in new namespaces of all kinds still has its parent's. (A user namespace has keyrings per user and names of its own, \
             but not another session keyring.) So a container runtime makes a new one before it starts the program: `keyring new`. What a key holds is not shown, only how much of it may be read.",
        zh: "内核替进程保管密钥：Kerberos 票据、网络文件系统的口令、磁盘的密钥等。每个进程都有一个会话密钥环，从父进程得来，谁拥有它就可以使用其中的密钥。没有哪个命名空间隔离它：\
             即使进入了全部种类的新命名空间，进程拥有的仍是父进程的会话密钥环。（用户命名空间有自己的按用户密钥环和名字空间，但会话密钥环不变。）所以容器运行时在启动程序之前会新建一个：`keyring new`。\
             这里不显示密钥的内容，只显示可以读出多少字节。",
    },
    equivalents: &[Equivalent { tool: "keyctl(1)", line: "keyctl show @s" }],
    examples: &[
        Example {
            after: "keyring new secret hush; unshare user uts ipc net; fork",
            line: "keyring",
            shows: "secret",
            needs: "userns",
        },
        Example { after: "keyring new secret hush; keyring new", line: "keyring", shows: "no key in it", needs: "" },
    ],
    run: Run::Inside(show),
};

/// `keyring new`.
pub const NEW: Card = Card {
    name: "keyring new",
    args: &[
        Param {
            name: "KEY",
            kind: Kind::Word,
            count: Count::Optional,
            about: Text { en: "the name of a key to put into it", zh: "要放入其中的密钥的名字" },
        },
        Param {
            name: "TEXT",
            kind: Kind::Word,
            count: Count::Optional,
            about: Text { en: "what the key holds", zh: "密钥的内容" },
        },
    ],
    primitive: Primitive::Syscall("keyctl"),
    man: &[Man("keyctl", 2), Man("add_key", 2), Man("session-keyring", 7)],
    own: &[],
    summary: Text { en: "a session keyring of the subject's own", zh: "为被观察进程新建会话密钥环" },
    explain: Text {
        en: "KEYCTL_JOIN_SESSION_KEYRING without a name: the subject has a new, empty session keyring from now on, and so has what it starts. The old one stays for those who have it; the subject \
             cannot go back to it. With KEY and TEXT, add_key(2) puts a key into the new one. When the last process that has a keyring ends, it goes, with its keys. Keys count against a quota of the user's, \
             which all containers of that user share (EDQUOT).",
        zh: "不带名字的 KEYCTL_JOIN_SESSION_KEYRING：从现在起，被观察进程及其以后启动的程序有一个新的、空的会话密钥环。旧的仍归原来拥有它的进程；被观察进程回不去了。\
             给出 KEY 和 TEXT 时，用 add_key(2) 在新密钥环中放入一个密钥。最后一个拥有某密钥环的进程结束时，它连同其中的密钥一起消失。密钥计入用户的配额，该用户的所有容器共用这一配额（EDQUOT）。",
    },
    equivalents: &[
        Equivalent { tool: "keyctl(1)", line: "keyctl session - CMD; keyctl add user KEY TEXT @s" },
        Equivalent { tool: "runc", line: "runc run makes one by itself; --no-new-keyring does not" },
    ],
    examples: &[
        Example { after: "", line: "keyring new", shows: "keyctl(KEYCTL_JOIN_SESSION_KEYRING, NULL) = ", needs: "" },
        Example {
            after: "",
            line: "keyring new secret hush",
            shows: "add_key(\"user\", \"secret\", \"hush\", 4, KEY_SPEC_SESSION_KEYRING) = ",
            needs: "",
        },
        Example { after: "", line: "keyring new secret", shows: "TEXT is missing", needs: "" },
    ],
    run: Run::Inside(new),
};

fn new(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let key = match (args.opt("KEY"), args.opt("TEXT")) {
        (Some(key), Some(text)) => Some((key, text)),
        (None, _) => None,
        (Some(_), None) => {
            return Err(Stop::Usage(Msg::new(
                format!("TEXT is missing: what the key holds; usage: {}", NEW.usage()),
                format!("缺少 TEXT，即密钥的内容；用法：{}", NEW.usage()),
            )));
        }
    };
    cx.kernel.join_session_keyring()?;
    if let Some((key, text)) = key {
        cx.kernel.add_key(key, text)?;
    }
    Ok(Said::nothing())
}

fn show(cx: &mut Inside<'_>, _: &Args) -> Result<Said, Stop> {
    let ring = cx.kernel.session_keyring()?;
    let ids = cx.kernel.read_keyring(ring)?;
    if ids.is_empty() {
        let text = Msg::new(format!("session keyring {ring}: there is no key in it"), format!("会话密钥环 {ring}：其中没有密钥"));
        return Ok(Said::nothing().note(NoteKind::Did, text));
    }
    let mut rows = Vec::new();
    for id in ids.iter().take(MOST) {
        // A key that one may not look at, or that has just expired, is no reason not to show the others.
        let about = cx.kernel.describe_key(*id);
        let mut parts = about.as_deref().unwrap_or_default().splitn(5, ';').map(str::to_string);
        let (kind, uid, name) = (parts.next(), parts.next(), parts.nth(2));
        let length = cx.kernel.key_length(*id).map_or_else(errno_name, |length| length.to_string());
        let name = name.unwrap_or_else(|| about.err().map(errno_name).unwrap_or_default());
        let cells = [id.to_string(), kind.unwrap_or_default(), name, uid.unwrap_or_default(), length];
        rows.push(cells.map(Cell::new).into());
    }
    let head = [("key", "密钥"), ("type", "类型"), ("name", "名字"), ("UID", "UID"), ("bytes it may read", "可读字节数")];
    let said = Said::grid(head.map(|(en, zh)| Msg::new(en, zh)).into(), rows);
    let text = Msg::new(
        format!("session keyring {ring} with {} keys", ids.len()),
        format!("会话密钥环 {ring}，其中有 {} 个密钥", ids.len()),
    );
    Ok(said.note(NoteKind::Did, text))
}
