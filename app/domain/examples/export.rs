//! Writes Label Studio's tasks in any format, without a server: `export CONFIG.xml TASKS.json FOLDER FORMAT…`.
//!
//! Each format gets a folder of its own below `FOLDER`. Images are not copied; their sizes come from the results.

use std::{
    env,
    error::Error,
    fs::{self, File},
    io::{self, BufWriter, Cursor, Write},
    path::PathBuf,
};

use domain::{
    format::{Copied, ExportFormat, ExportOptions, Sink, Snapshot, Spill, exporter},
    label_config,
    region::ImageSize,
};
use serde_json::Value;

/// A folder that is written file by file.
struct Folder {
    path: PathBuf,
    open: Option<BufWriter<File>>,
}

impl Sink for Folder {
    fn begin(&mut self, path: &str) -> io::Result<()> {
        self.close()?;
        let path = self.path.join(path);
        fs::create_dir_all(path.parent().unwrap_or(&self.path))?;
        self.open = Some(BufWriter::new(File::create(path)?));
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.open.as_mut().map_or_else(|| Err(io::ErrorKind::NotFound.into()), |file| file.write_all(bytes))
    }

    fn copy_image(&mut self, _address: &str, _path: &str) -> io::Result<Copied> {
        Ok(Copied::NotStored("Nothing is stored here.".into()))
    }

    fn image_size(&mut self, _address: &str) -> io::Result<Option<ImageSize>> {
        Ok(None)
    }

    fn spill(&mut self) -> io::Result<Box<dyn Spill>> {
        Ok(Box::new(Cursor::new(Vec::new())))
    }
}

impl Folder {
    fn close(&mut self) -> io::Result<()> {
        self.open.take().map_or(Ok(()), |mut file| file.flush())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let mut next = || arguments.next().ok_or("usage: export CONFIG.xml TASKS.json FOLDER FORMAT…");
    let (config, tasks, folder) = (next()?, next()?, next()?);
    let config = label_config::read(&fs::read_to_string(config)?).ok_or("the interface is no XML")?;
    let tasks: Vec<Value> = serde_json::from_slice(&fs::read(tasks)?)?;
    let lines: String = tasks.iter().map(|task| format!("{task}\n")).collect();
    for code in arguments {
        let format = ExportFormat::from_code(&code).ok_or_else(|| format!("there is no format {code}"))?;
        let mut sink = Folder { path: PathBuf::from(&folder).join(&code), open: None };
        let mut exporter = exporter(format, &config, &ExportOptions::default(), &mut sink)??;
        for task in Snapshot::new(lines.as_bytes()) {
            exporter.task(&task?, &mut sink)?;
        }
        let manifest = exporter.finish(&mut sink)?;
        sink.close()?;
        fs::write(sink.path.join("manifest.json"), serde_json::to_vec_pretty(&manifest)?)?;
    }
    Ok(())
}
