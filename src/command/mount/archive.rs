//! What is in an image archive: `docker save`, an OCI layout, or simply a root directory. Nothing in it is trusted.

use crate::kernel::{nameless_file, walk};
use crate::model::Msg;
use crate::observe::regular::{NotRegular, open_regular};
use flate2::read::GzDecoder;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Take};
use std::path::Path;
use tar::EntryType;

/// A manifest or configuration longer than this is none.
const LONGEST_JSON: u64 = 4 << 20;
/// More layers than this overlay does not take.
pub const MOST_LAYERS: usize = 120;

/// An archive, opened.
pub struct Image {
    file: File,
    entries: BTreeMap<String, Place>,
    /// The layers' names in the archive, the lowest first; None: the archive is itself the root directory.
    pub layers: Option<Vec<String>>,
    /// What the image says that it runs.
    pub config: Config,
}

/// Where an entry's content lies.
#[derive(Clone, Debug)]
enum Place {
    Content { offset: u64, size: u64 },
    Link(String),
}

/// Of an image's configuration, what a learner wants to know. Untrusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// Entrypoint and arguments.
    pub command: Vec<String>,
    /// The directory in which it starts.
    pub workdir: String,
    /// The user.
    pub user: String,
}

/// What is wrong with an archive.
#[derive(Debug)]
pub enum Trouble {
    /// It cannot be read.
    Io(io::Error),
    /// It is not what it should be.
    Odd(Msg),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Trouble {
        Trouble::Io(error)
    }
}

impl Image {
    /// Opens an archive and reads its table of contents. A compressed one is first unpacked into a nameless file in `room`.
    pub fn open(path: &Path, room: &Path) -> Result<Image, Trouble> {
        let mut file = open_regular(path).map_err(|why| match why {
            NotRegular::Errno(errno) => Trouble::Io(errno.into()),
            NotRegular::Kind(_) => Trouble::Odd(Msg::new(format!("it is {}", why.words().en), format!("它是{}", why.words().zh))),
        })?;
        if is_gzip(&mut file)? {
            let mut whole = nameless_file(room)?;
            io::copy(&mut GzDecoder::new(file), &mut whole)?;
            whole.rewind()?;
            file = whole;
        }
        let mut image = Image { entries: contents(&file)?, file, layers: None, config: Config::default() };
        if image.entries.contains_key("manifest.json") {
            image.docker()?;
        } else if image.entries.contains_key("index.json") {
            image.oci()?;
        } else if image.entries.is_empty() {
            return Err(Trouble::Odd(Msg::new("it is no tar archive, or an empty one", "它不是 tar 归档，或是空的")));
        }
        Ok(image)
    }

    /// The content of a layer, unpacked from gzip; with None the whole archive.
    pub fn layer(&mut self, name: Option<&str>) -> Result<Box<dyn Read + '_>, Trouble> {
        let Some(name) = name else {
            self.file.rewind()?;
            return Ok(Box::new(&mut self.file));
        };
        let mut start = [0; 4];
        let read = self.content(name)?.read(&mut start)?;
        match start[..read] {
            [0x1f, 0x8b, ..] => Ok(Box::new(GzDecoder::new(self.content(name)?))),
            [0x28, 0xb5, 0x2f, 0xfd] => Err(Trouble::Odd(Msg::new(
                "its layers are compressed with zstd; save it with gzip or uncompressed",
                "它的层用 zstd 压缩；请改用 gzip 或不压缩",
            ))),
            _ => Ok(Box::new(self.content(name)?)),
        }
    }

    fn content(&mut self, name: &str) -> Result<Take<&mut File>, Trouble> {
        let mut at = name.to_string();
        // `docker save` of old stores a layer that two images share once, with links to it.
        for _ in 0..8 {
            match self.entries.get(&at).cloned() {
                Some(Place::Content { offset, size }) => {
                    self.file.seek(SeekFrom::Start(offset))?;
                    return Ok((&mut self.file).take(size));
                }
                Some(Place::Link(target)) => at = beside(&at, &target),
                None => break,
            }
        }
        Err(Trouble::Odd(Msg::new(format!("it names {name} and has no such entry"), format!("它提到 {name}，其中却没有这一项"))))
    }

    fn json(&mut self, name: &str) -> Result<Value, Trouble> {
        let mut text = String::new();
        self.content(name)?.take(LONGEST_JSON).read_to_string(&mut text)?;
        serde_json::from_str(&text).map_err(|error| {
            Trouble::Odd(Msg::new(format!("its {name} is no JSON: {error}"), format!("其中的 {name} 不是 JSON：{error}")))
        })
    }

    /// `docker save`: manifest.json lists images; the first is taken.
    fn docker(&mut self) -> Result<(), Trouble> {
        let manifest = self.json("manifest.json")?;
        let first = &manifest[0];
        self.take_layers(strings(&first["Layers"]))?;
        if let Some(config) = first["Config"].as_str() {
            self.config = config_of(&self.json(config)?);
        }
        Ok(())
    }

    /// An OCI layout: index.json leads to a manifest, by way of another index where there are several platforms.
    fn oci(&mut self) -> Result<(), Trouble> {
        let mut at = self.json("index.json")?;
        for _ in 0..4 {
            let Some(manifests) = at["manifests"].as_array() else { break };
            let ours = manifests.iter().find(|one| one["platform"]["architecture"] == arch()).or(manifests.first());
            let blob = ours.and_then(|one| blob(&one["digest"])).ok_or_else(|| missing("manifests"))?;
            at = self.json(&blob)?;
        }
        let layers = at["layers"].as_array().ok_or_else(|| missing("layers"))?;
        let layers: Option<Vec<String>> = layers.iter().map(|layer| blob(&layer["digest"])).collect();
        let config = blob(&at["config"]["digest"]);
        self.take_layers(layers.ok_or_else(|| missing("layers"))?)?;
        if let Some(config) = config {
            self.config = config_of(&self.json(&config)?);
        }
        Ok(())
    }

    fn take_layers(&mut self, layers: Vec<String>) -> Result<(), Trouble> {
        if layers.is_empty() || layers.len() > MOST_LAYERS {
            let count = layers.len();
            return Err(Trouble::Odd(Msg::new(
                format!("it has {count} layers; between 1 and {MOST_LAYERS} can be mounted"),
                format!("它有 {count} 层；只能挂载 1 到 {MOST_LAYERS} 层"),
            )));
        }
        self.layers = Some(layers);
        Ok(())
    }
}

fn is_gzip(file: &mut File) -> io::Result<bool> {
    let mut start = [0; 2];
    let read = file.read(&mut start)?;
    file.rewind()?;
    Ok(start[..read] == [0x1f, 0x8b])
}

fn contents(file: &File) -> Result<BTreeMap<String, Place>, Trouble> {
    let mut entries = BTreeMap::new();
    walk(file, |entry| {
        let name = entry.path()?.to_string_lossy().trim_start_matches("./").trim_start_matches('/').to_string();
        let place = match entry.header().entry_type() {
            EntryType::Symlink | EntryType::Link => {
                let target = entry.link_name()?.map(|name| name.to_string_lossy().into_owned());
                Place::Link(target.unwrap_or_default())
            }
            _ => Place::Content { offset: entry.raw_file_position(), size: entry.size() },
        };
        entries.insert(name, place);
        Ok(())
    })?;
    Ok(entries)
}

/// Where the link `target` at `name` leads, inside the archive.
fn beside(name: &str, target: &str) -> String {
    let mut parts: Vec<&str> = name.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// `blobs/sha256/…` of `sha256:…`.
fn blob(digest: &Value) -> Option<String> {
    let (kind, hex) = digest.as_str()?.split_once(':')?;
    Some(format!("blobs/{kind}/{hex}"))
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|one| one.as_str().map(str::to_string)).collect()
}

fn config_of(value: &Value) -> Config {
    let config = &value["config"];
    let word = |name: &str| config[name].as_str().unwrap_or_default().to_string();
    let command = [strings(&config["Entrypoint"]), strings(&config["Cmd"])].concat();
    Config { command, workdir: word("WorkingDir"), user: word("User") }
}

/// This machine's name in image indexes.
fn arch() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

fn missing(what: &str) -> Trouble {
    Trouble::Odd(Msg::new(format!("its index has no {what}"), format!("它的索引中没有 {what}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_its_neighbour_and_not_out() {
        assert_eq!(beside("a/layer.tar", "../b/layer.tar"), "b/layer.tar");
        assert_eq!(beside("a/x", "../../../etc/passwd"), "etc/passwd");
    }
}
