//! Where exporters write: one plain file or a zip archive on disk, with the project's images at hand.

use std::{
    fs::File,
    io::{self, BufWriter, Read, Seek, Write},
    path::PathBuf,
};

use domain::{
    format::{Copied, ExportFormat, Sink, Spill},
    region::ImageSize,
};
use futures::StreamExt;
use tokio::runtime::Handle;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::gather::{Gathered, Gatherer};
use crate::{
    Cx, Result,
    access::ProjectAccess,
    storage::{self, StoredFile},
};

/// The file that is being written.
enum Out {
    Plain(BufWriter<File>),
    Zip(Box<ZipWriter<BufWriter<File>>>),
}

/// An image, and its pixels across and down.
#[derive(Clone)]
enum Image {
    /// Among the files of the project.
    Stored(StoredFile),
    /// Among those that the application serves to everybody.
    Site(PathBuf, (u32, u32)),
    /// On another server or in a storage of the project, and perhaps here by now.
    Gathered(Gathered),
}

impl Image {
    fn size(&self) -> Option<(u32, u32)> {
        match self {
            Self::Stored(file) => file.width.zip(file.height),
            Self::Site(_, size) => Some(*size),
            Self::Gathered(Gathered::Brought(_, size)) => *size,
            Self::Gathered(_) => None,
        }
    }
}

/// A sink over a temporary file. Lives on a thread of its own, because it waits.
pub(super) struct FileSink {
    out: Out,
    cx: Cx,
    access: ProjectAccess,
    runtime: Handle,
    /// Brings images here, where they come along.
    gatherer: Option<Gatherer>,
    /// The image asked for last; its size and its bytes are wanted one after the other.
    last: Option<(String, Image)>,
}

impl FileSink {
    pub(super) fn new(
        file: File,
        format: ExportFormat,
        cx: Cx,
        access: ProjectAccess,
        runtime: Handle,
    ) -> Result<Self> {
        let file = BufWriter::new(file);
        let out = if format.is_archive() { Out::Zip(Box::new(ZipWriter::new(file))) } else { Out::Plain(file) };
        let gatherer = format.has_images().then(|| Gatherer::new(cx.clone(), access.clone(), runtime.clone()));
        Ok(Self { out, cx, access, runtime, gatherer: gatherer.transpose()?, last: None })
    }

    /// These images will be asked for, in this order, behind all that were announced before.
    pub(super) fn expect(&mut self, addresses: Vec<String>) {
        let Some(gatherer) = &mut self.gatherer else { return };
        for address in addresses {
            let own = own(&self.cx, &address);
            if storage::file_of(own).is_none() && storage::site_file(&self.cx, own).is_none() {
                gatherer.expect(address);
            }
        }
    }

    /// The complete file.
    pub(super) fn finish(self) -> io::Result<File> {
        let file = match self.out {
            Out::Plain(file) => file,
            Out::Zip(zip) => zip.finish().map_err(io::Error::other)?,
        };
        file.into_inner().map_err(io::IntoInnerError::into_error)
    }

    fn image(&mut self, address: &str) -> io::Result<Image> {
        if let Some((known, image)) = &self.last
            && known == address
        {
            return Ok(image.clone());
        }
        let elsewhere = |reason: &str| Image::Gathered(Gathered::Elsewhere(reason.to_owned()));
        let own = own(&self.cx, address);
        let image = if let Some(id) = storage::file_of(own) {
            let file = self.runtime.block_on(storage::of_project(&self.cx, &self.access, id));
            file.map_err(failed)?.map_or_else(|| elsewhere("The project has no such file."), Image::Stored)
        } else if let Some(path) = storage::site_file(&self.cx, own) {
            let size = storage::site_image(&path).map_err(failed)?;
            size.map_or_else(|| elsewhere("This file is no image."), |size| Image::Site(path, size))
        } else if let Some(gatherer) = &mut self.gatherer {
            Image::Gathered(gatherer.take(address)?)
        } else {
            elsewhere("Images do not come along.")
        };
        self.last = Some((address.to_owned(), image.clone()));
        Ok(image)
    }

    fn copy(&mut self, from: &mut impl Read) -> io::Result<()> {
        match &mut self.out {
            Out::Plain(file) => io::copy(from, file)?,
            Out::Zip(zip) => io::copy(from, zip)?,
        };
        Ok(())
    }

    fn begin_with(&mut self, path: &str, method: CompressionMethod) -> io::Result<()> {
        if let Out::Zip(zip) = &mut self.out {
            // No time of writing: the same work gives the same bytes.
            let options = SimpleFileOptions::default()
                .compression_method(method)
                .last_modified_time(zip::DateTime::default())
                .large_file(true);
            zip.start_file(path, options).map_err(io::Error::other)?;
        }
        Ok(())
    }
}

impl Sink for FileSink {
    fn begin(&mut self, path: &str) -> io::Result<()> {
        self.begin_with(path, CompressionMethod::Deflated)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.out {
            Out::Plain(file) => file.write_all(bytes),
            Out::Zip(zip) => zip.write_all(bytes),
        }
    }

    fn copy_image(&mut self, address: &str, path: &str) -> io::Result<Copied> {
        let image = self.image(address)?;
        match image {
            Image::Gathered(Gathered::Missing(reason)) => return Ok(Copied::NotFetched(reason)),
            Image::Gathered(Gathered::Elsewhere(reason)) => return Ok(Copied::NotStored(reason)),
            _ => {}
        }
        // Images are compressed already.
        self.begin_with(path, CompressionMethod::Stored)?;
        match image {
            Image::Stored(file) => {
                let runtime = self.runtime.clone();
                let mut bytes = runtime.block_on(storage::read(&self.cx, &file, None)).map_err(failed)?;
                while let Some(chunk) = runtime.block_on(bytes.next()) {
                    self.write(&chunk?)?;
                }
            }
            Image::Site(from, _) => self.copy(&mut File::open(from)?)?,
            Image::Gathered(Gathered::Brought(from, _)) => {
                let mut from = &*from;
                from.rewind()?;
                self.copy(&mut from)?;
            }
            Image::Gathered(_) => {}
        }
        Ok(Copied::Whole)
    }

    fn image_size(&mut self, address: &str) -> io::Result<Option<ImageSize>> {
        let size = self.image(address)?.size();
        Ok(size.and_then(|(width, height)| ImageSize::new(width.into(), height.into())))
    }

    fn spill(&mut self) -> io::Result<Box<dyn Spill>> {
        Ok(Box::new(tempfile::tempfile()?))
    }
}

/// A link to this very server means the file itself.
fn own<'a>(cx: &Cx, address: &'a str) -> &'a str {
    address.strip_prefix(cx.settings().base_url.as_str()).filter(|path| path.starts_with('/')).unwrap_or(address)
}

fn failed(error: crate::Error) -> io::Error {
    io::Error::other(error)
}
