//! Where exporters write: one plain file or a zip archive on disk, with the project's images at hand.

use std::{
    fs::File,
    io::{self, BufWriter, Read, Seek, Write},
    path::PathBuf,
    rc::Rc,
};

use domain::{
    cloud::ObjectAddress,
    format::{Copied, ExportFormat, Sink, Spill},
    region::ImageSize,
};
use futures::StreamExt;
use tokio::runtime::Handle;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::{
    Cx,
    access::ProjectAccess,
    media,
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
    /// Brought from a storage of the project, whole: one that breaks off on the way is none.
    Brought(Rc<File>, Option<(u32, u32)>),
    /// Its storage did not give it.
    Missing,
    /// Somewhere else.
    Elsewhere,
}

impl Image {
    fn size(&self) -> Option<(u32, u32)> {
        match self {
            Self::Stored(file) => file.width.zip(file.height),
            Self::Site(_, size) => Some(*size),
            Self::Brought(_, size) => *size,
            Self::Missing | Self::Elsewhere => None,
        }
    }
}

/// A sink over a temporary file. Lives on a thread of its own, because it waits.
pub(super) struct FileSink {
    out: Out,
    cx: Cx,
    access: ProjectAccess,
    runtime: Handle,
    /// Whether images come along, so that it is worth bringing them here.
    has_images: bool,
    /// The image asked for last; its size and its bytes are wanted one after the other.
    last: Option<(String, Image)>,
}

impl FileSink {
    pub(super) fn new(file: File, format: ExportFormat, cx: Cx, access: ProjectAccess, runtime: Handle) -> Self {
        let file = BufWriter::new(file);
        let out = if format.is_archive() { Out::Zip(Box::new(ZipWriter::new(file))) } else { Out::Plain(file) };
        Self { out, cx, access, runtime, has_images: format.has_images(), last: None }
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
        let image = if let Some(id) = storage::file_of(address) {
            let file = self.runtime.block_on(storage::of_project(&self.cx, &self.access, id));
            file.map_err(failed)?.map_or(Image::Elsewhere, Image::Stored)
        } else if let Some(path) = storage::site_file(&self.cx, address) {
            storage::site_image(&path).map_err(failed)?.map_or(Image::Elsewhere, |size| Image::Site(path, size))
        } else if self.has_images && ObjectAddress::is_one(address) {
            self.bring(address)?
        } else {
            Image::Elsewhere
        };
        self.last = Some((address.to_owned(), image.clone()));
        Ok(image)
    }

    /// Brings an object of a storage into a temporary file.
    fn bring(&self, address: &str) -> io::Result<Image> {
        let missing = |error: &dyn std::fmt::Debug| {
            tracing::debug!(address, ?error, "a storage did not give an image");
            Ok(Image::Missing)
        };
        let runtime = self.runtime.clone();
        let mut bytes = match runtime.block_on(media::read_ahead(&self.cx, self.access.clone(), address)) {
            Ok(passed) => passed.body,
            Err(error) => return missing(&error),
        };
        let mut file = tempfile::tempfile()?;
        let mut left = self.cx.settings().max_upload_bytes;
        while let Some(chunk) = runtime.block_on(bytes.next()) {
            let chunk = match chunk {
                Ok(chunk) => chunk,
                Err(error) => return missing(&error),
            };
            match left.checked_sub(chunk.len() as u64) {
                Some(rest) => left = rest,
                None => return missing(&"too large"),
            }
            file.write_all(&chunk)?;
        }
        file.rewind()?;
        let size = storage::image_size(address.rsplit('/').next().unwrap_or(address), &file)?;
        Ok(Image::Brought(Rc::new(file), size))
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
            Image::Missing => return Ok(Copied::NotFetched),
            Image::Elsewhere => return Ok(Copied::NotStored),
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
            Image::Brought(from, _) => {
                let mut from = &*from;
                from.rewind()?;
                self.copy(&mut from)?;
            }
            Image::Missing | Image::Elsewhere => {}
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

fn failed(error: crate::Error) -> io::Error {
    io::Error::other(error)
}
