//! What a subject that turned hostile can say: any bytes in a packet. They are garbage, or a message that can be drawn.
#![no_main]

use boxlab::command::Stop;
use boxlab::model::{Call, End, Lang, Msg, Place, Snapshot, Turn, changes};
use boxlab::observe;
use boxlab::subject::wire::{self, Got, Told};
use boxlab::ui::{self, Style};
use libfuzzer_sys::fuzz_target;
use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockType, send, socketpair};
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;
use std::sync::OnceLock;

fn sockets() -> &'static (OwnedFd, OwnedFd) {
    static SOCKETS: OnceLock<(OwnedFd, OwnedFd)> = OnceLock::new();
    SOCKETS.get_or_init(|| {
        let (ours, theirs) =
            socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC).expect("a pair of sockets");
        wire::pass_credentials(&ours).expect("SO_PASSCRED is set");
        (ours, theirs)
    })
}

fuzz_target!(|data: &[u8]| {
    let (ours, theirs) = sockets();
    if send(theirs.as_raw_fd(), data, MsgFlags::empty()).is_err() {
        return;
    }
    let got = wire::receive::<Told>(ours, MsgFlags::MSG_DONTWAIT).expect("it was sent");
    let Got::Packet(packet) = got else {
        assert!(matches!(got, Got::Garbage), "the other end is open");
        return;
    };
    assert_eq!(packet.from, std::process::id() as i32);
    let mut turn = empty();
    match packet.value {
        Told::Call(call) => turn.calls.push(call),
        Told::Answer { outcome, inside, .. } => {
            let (was, mut is) = (Snapshot { inside: None, ..seen() }, seen());
            is.inside = Some(inside);
            turn.changes = changes(&was, &is);
            match outcome {
                Ok(said) => {
                    turn.end = said.exit.map_or(End::Done, |exit| End::Ran { exit });
                    (turn.notes, turn.view) = (said.notes, said.view);
                }
                Err(Stop::Usage(why)) => turn.end = End::Usage { why },
                Err(Stop::Refused(why)) => turn.end = End::Refused { why },
                Err(Stop::Unfit(why)) => turn.end = End::Unfit { why },
                Err(Stop::Failed(errno)) => {
                    turn.end = End::Failed {
                        errno: boxlab::model::errno_name(nix::errno::Errno::from_raw(errno)),
                        advice: Default::default(),
                    }
                }
            }
        }
        Told::ChildGone { exit, .. } => turn.end = End::ChildGone { exit },
        Told::Took { .. } | Told::Started | Told::Interrupted => {}
    }
    draw(&turn);
});

fn seen() -> Snapshot {
    static SEEN: OnceLock<Snapshot> = OnceLock::new();
    SEEN.get_or_init(|| observe::snapshot(Path::new("/proc"), std::process::id() as i32)).clone()
}

fn empty() -> Turn {
    Turn {
        line: String::new(),
        command: String::new(),
        subject: "a".into(),
        place: Place::Inside,
        calls: Vec::<Call>::new(),
        end: End::Done,
        changes: Vec::new(),
        notes: Vec::new(),
        view: Vec::new(),
        output: String::new(),
    }
}

fn draw(turn: &Turn) {
    let _: Msg = Msg::same("");
    for lang in [Lang::En, Lang::Zh] {
        for width in [None, Some(1), Some(40), Some(80)] {
            let text = ui::turn(turn, &Style { width, ..Style::plain(lang) });
            assert!(!text.contains(|c: char| c.is_control() && c != '\n' && c != '\t'), "{text:?}");
        }
    }
    let json = serde_json::to_string(turn).expect("a turn is JSON");
    assert_eq!(&serde_json::from_str::<Turn>(&json).expect("and back"), turn);
}
