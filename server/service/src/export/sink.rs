//! Where exporters write: one plain file or a zip archive on disk, with the project's images at hand.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::PathBuf,
};

use domain::{
    format::{Sink, Spill},
    region::ImageSize,
};
use futures::StreamExt;
use tokio::runtime::Handle;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::{
    Cx,
    access::ProjectAccess,
    storage::{self, StoredFile},
};

/// The file that is being written.
enum Out {
    Plain(BufWriter<File>),
    Zip(Box<ZipWriter<BufWriter<File>>>),
}

/// An image that is at hand, and its pixels across and down.
#[derive(Clone)]
enum Image {
    /// Among the files of the project.
    Stored(StoredFile),
    /// Among those that the application serves to everybody.
    Site(PathBuf, (u32, u32)),
}

impl Image {
    fn size(&self) -> Option<(u32, u32)> {
        match self {
            Self::Stored(file) => file.width.zip(file.height),
            Self::Site(_, size) => Some(*size),
        }
    }
}

/// A sink over a temporary file. Lives on a thread of its own, because it waits.
pub(super) struct FileSink {
    out: Out,
    cx: Cx,
    access: ProjectAccess,
    runtime: Handle,
    /// The image asked for last; its size and its bytes are wanted one after the other.
    last: Option<(String, Option<Image>)>,
}

impl FileSink {
    pub(super) fn new(file: File, is_archive: bool, cx: Cx, access: ProjectAccess, runtime: Handle) -> Self {
        let file = BufWriter::new(file);
        let out = if is_archive { Out::Zip(Box::new(ZipWriter::new(file))) } else { Out::Plain(file) };
        Self { out, cx, access, runtime, last: None }
    }

    /// The complete file.
    pub(super) fn finish(self) -> io::Result<File> {
        let file = match self.out {
            Out::Plain(file) => file,
            Out::Zip(zip) => zip.finish().map_err(io::Error::other)?,
        };
        file.into_inner().map_err(io::IntoInnerError::into_error)
    }

    fn image(&mut self, address: &str) -> io::Result<Option<Image>> {
        if let Some((known, image)) = &self.last
            && known == address
        {
            return Ok(image.clone());
        }
        let image = match storage::file_of(address) {
            Some(id) => {
                let file = self.runtime.block_on(storage::of_project(&self.cx, &self.access, id));
                file.map_err(failed)?.map(Image::Stored)
            }
            None => match storage::site_file(&self.cx, address) {
                Some(path) => storage::site_image(&path).map_err(failed)?.map(|size| Image::Site(path, size)),
                None => None,
            },
        };
        self.last = Some((address.to_owned(), image.clone()));
        Ok(image)
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

    fn copy_image(&mut self, address: &str, path: &str) -> io::Result<bool> {
        let Some(image) = self.image(address)? else { return Ok(false) };
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
            Image::Site(from, _) => {
                let mut from = File::open(from)?;
                match &mut self.out {
                    Out::Plain(file) => io::copy(&mut from, file)?,
                    Out::Zip(zip) => io::copy(&mut from, zip)?,
                };
            }
        }
        Ok(true)
    }

    fn image_size(&mut self, address: &str) -> io::Result<Option<ImageSize>> {
        let size = self.image(address)?.and_then(|image| image.size());
        Ok(size.and_then(|(width, height)| ImageSize::new(width.into(), height.into())))
    }

    fn spill(&mut self) -> io::Result<Box<dyn Spill>> {
        Ok(Box::new(tempfile::tempfile()?))
    }
}

fn failed(error: crate::Error) -> io::Error {
    io::Error::other(error)
}
