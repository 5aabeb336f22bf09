//! One exchange with rtnetlink(7): ask for a change, or for a list; and the words of addresses and names.

use crate::command::{Inside, Stop};
use crate::kernel::Kernel;
use crate::model::Msg;
use netlink_packet_core::{NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST};
use netlink_packet_route::RouteNetlinkMessage;
use netlink_packet_route::link::{LinkAttribute, LinkMessage};
use nix::errno::Errno;
use std::net::{IpAddr, Ipv4Addr};

/// Longest name of a network device in bytes: IFNAMSIZ less the NUL (netdevice(7)).
pub const NAME_MAX: usize = 15;

/// Asks for a change and reads what became of it. `flags` besides NLM_F_REQUEST and NLM_F_ACK.
///
/// Errors: what the kernel's answer says.
pub fn change(kernel: &mut Kernel, request: RouteNetlinkMessage, flags: u16) -> Result<(), Errno> {
    let socket = kernel.netlink()?;
    kernel.netlink_send(&socket, request, NLM_F_REQUEST | NLM_F_ACK | flags)?;
    kernel.netlink_receive(&socket)?;
    Ok(())
}

/// Asks for a list and reads it to its end.
///
/// Errors: what the kernel's answer says.
pub fn dump(cx: &mut Inside<'_>, request: RouteNetlinkMessage) -> Result<Vec<RouteNetlinkMessage>, Stop> {
    let socket = cx.kernel.netlink()?;
    cx.kernel.netlink_send(&socket, request, NLM_F_REQUEST | NLM_F_DUMP)?;
    let mut all = Vec::new();
    loop {
        let heard = cx.kernel.netlink_receive(&socket)?;
        let nothing = heard.messages.is_empty();
        all.extend(heard.messages);
        if heard.done || nothing {
            return Ok(all);
        }
    }
}

/// The index of a device of this network namespace.
///
/// Errors: Unfit where there is none of that name: the request that needs the index cannot even be written.
pub fn index(name: &str) -> Result<u32, Stop> {
    let short = device_name(name)?;
    nix::net::if_::if_nametoindex(short).map_err(|errno| match errno {
        Errno::ENODEV | Errno::ENXIO => absent(name),
        errno => Stop::Failed(errno as i32),
    })
}

fn absent(name: &str) -> Stop {
    Stop::Unfit(Msg::new(
        format!("no device `{name}` in the subject's network namespace (ENODEV); `link` lists what there is"),
        format!("被观察进程的网络命名空间中没有设备 `{name}`（ENODEV）；`link` 列出现有的设备"),
    ))
}

/// A name as the kernel takes it. What it says of a bad one, EINVAL or ERANGE, does not say what is bad.
///
/// Errors: Usage.
pub fn device_name(name: &str) -> Result<&str, Stop> {
    let bad = |c: char| c == '/' || c == ':' || c == '%' || c.is_whitespace() || c.is_control();
    if name.is_empty() || name.len() > NAME_MAX || name.chars().any(bad) || name == "." || name == ".." {
        return Err(Stop::Usage(Msg::new(
            format!("`{name}` is no name for a network device: 1 to {NAME_MAX} bytes, no blank, no / : %"),
            format!("`{name}` 不能作网络设备名：1 到 {NAME_MAX} 个字节，不含空白和 / : %"),
        )));
    }
    Ok(name)
}

/// A request about the device of this name, which the kernel looks up.
///
/// Errors: as [`device_name`].
pub fn about(name: &str) -> Result<LinkMessage, Stop> {
    let mut message = LinkMessage::default();
    message.attributes.push(LinkAttribute::IfName(device_name(name)?.into()));
    Ok(message)
}

/// `10.0.0.1/24`, `fd00::1/64`; without a length it is one address.
///
/// Errors: Usage.
pub fn network(word: &str) -> Result<(IpAddr, u8), Stop> {
    let (address, length) = word.split_once('/').map_or((word, None), |(address, length)| (address, Some(length)));
    let bad = || {
        Stop::Usage(Msg::new(
            format!("`{word}` is no address with a prefix length; write 10.0.0.1/24 or fd00::1/64"),
            format!("`{word}` 不是带前缀长度的地址；应写作 10.0.0.1/24 或 fd00::1/64"),
        ))
    };
    let address: IpAddr = address.parse().map_err(|_| bad())?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let length = length.map_or(Some(most), |length| length.parse().ok()).filter(|length| *length <= most).ok_or_else(bad)?;
    Ok((address, length))
}

/// An address.
///
/// Errors: Usage.
pub fn ip(word: &str) -> Result<IpAddr, Stop> {
    word.parse().map_err(|_| {
        Stop::Usage(Msg::new(
            format!("`{word}` is no address; write 10.0.0.2 or fd00::2 (names are not looked up)"),
            format!("`{word}` 不是地址；应写作 10.0.0.2 或 fd00::2（不解析名字）"),
        ))
    })
}

/// The last address of an IPv4 network, to which a packet for all is sent.
pub fn broadcast(of: Ipv4Addr, length: u8) -> Ipv4Addr {
    let host = u32::MAX.checked_shr(length.into()).unwrap_or(0);
    Ipv4Addr::from(u32::from(of) | host)
}

/// The first address: what a route of this network is written with.
pub fn base(of: IpAddr, length: u8) -> IpAddr {
    match of {
        IpAddr::V4(ip) => IpAddr::V4((u32::from(ip) & !u32::MAX.checked_shr(length.into()).unwrap_or(0)).into()),
        IpAddr::V6(ip) => IpAddr::V6((u128::from(ip) & !u128::MAX.checked_shr(length.into()).unwrap_or(0)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_read_as_ip_reads_them() {
        let network = |word| super::network(word).ok();
        assert_eq!(network("10.0.0.1/24"), Some(("10.0.0.1".parse().unwrap(), 24)));
        assert_eq!(network("10.0.0.1").map(|(_, length)| length), Some(32));
        assert_eq!(network("fd00::1/64").map(|(_, length)| length), Some(64));
        for word in ["", "10.0.0", "10.0.0.1/33", "10.0.0.1/-1", "10.0.0.1/", "fd00::1/129", "１０.0.0.1"] {
            assert_eq!(network(word), None, "{word}");
        }
    }

    #[test]
    fn the_ends_of_a_network() {
        assert_eq!(broadcast("10.0.0.1".parse().unwrap(), 24).to_string(), "10.0.0.255");
        assert_eq!(broadcast("10.0.0.1".parse().unwrap(), 32).to_string(), "10.0.0.1");
        assert_eq!(base("10.1.2.3".parse().unwrap(), 8).to_string(), "10.0.0.0");
        assert_eq!(base("10.1.2.3".parse().unwrap(), 0).to_string(), "0.0.0.0");
        assert_eq!(base("fd00::1".parse().unwrap(), 64).to_string(), "fd00::");
    }

    #[test]
    fn names_of_devices_have_their_limits() {
        for good in ["lo", "veth0", "a.100", "123456789012345"] {
            assert!(device_name(good).is_ok(), "{good}");
        }
        for bad in ["", "1234567890123456", "a b", "a/b", "..", "a%d"] {
            assert!(device_name(bad).is_err(), "{bad}");
        }
    }
}
