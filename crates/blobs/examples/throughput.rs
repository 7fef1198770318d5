//! Measures sealing and opening: `cargo run --release -p codeyard-blobs --example throughput`.

use std::{sync::Arc, time::Instant};

use codeyard_blobs::{Blobs, KeyRef, MasterKeyring};

const LARGE: usize = 1 << 30;
const SMALL: usize = 2000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build()?;
    let dir = tempfile::tempdir()?;
    runtime.block_on(measure("memory", Blobs::in_memory()))?;
    let disk = Blobs::open(dir.path(), Arc::new(MasterKeyring::ephemeral()))?;
    runtime.block_on(measure("disk", disk))
}

async fn measure(medium: &str, blobs: Blobs) -> Result<(), Box<dyn std::error::Error>> {
    let piece = vec![7; 256 << 10];
    let start = Instant::now();
    let mut writer = blobs.writer(&KeyRef::Yard);
    for _ in 0..LARGE / piece.len() {
        writer.write(&piece).await?;
    }
    let sealed = start.elapsed();
    let blob = writer.finish().await?;
    let durable = start.elapsed();
    let start = Instant::now();
    let mut reader = blobs.reader(blob.id, ..).await?;
    while reader.next().await?.is_some() {}
    let opened = start.elapsed();
    let rate = |time: std::time::Duration| LARGE as f64 / 1e6 / time.as_secs_f64();
    println!(
        "{medium}: seal {:.0} MB/s, seal and make durable {:.0} MB/s, open {:.0} MB/s",
        rate(sealed),
        rate(durable),
        rate(opened)
    );

    let bytes = vec![7; 4096];
    for lanes in [1, 16] {
        let start = Instant::now();
        let tasks: Vec<_> = (0..lanes)
            .map(|_| {
                let (blobs, bytes) = (blobs.clone(), bytes.clone());
                tokio::spawn(async move {
                    let mut ids = Vec::new();
                    for _ in 0..SMALL / lanes {
                        ids.push(blobs.put_bytes(&KeyRef::Yard, &bytes).await?.id);
                    }
                    Ok::<_, codeyard_blobs::Error>(ids)
                })
            })
            .collect();
        let mut ids = Vec::new();
        for task in tasks {
            ids.extend(task.await??);
        }
        let put = start.elapsed();
        let start = Instant::now();
        for id in &ids {
            blobs.get_bytes(*id, 1 << 20).await?;
        }
        let each = |time: std::time::Duration| time.as_secs_f64() * 1e6 / ids.len() as f64;
        println!(
            "{medium}: 4 KiB blobs, {lanes} at once: put {:.0} µs each, get {:.0} µs each",
            each(put),
            each(start.elapsed())
        );
    }
    let start = Instant::now();
    for _ in 0..100_000 {
        let sealed = blobs.seal(&KeyRef::Yard, b"context", &[7; 64])?;
        blobs.unseal(b"context", &sealed)?;
    }
    println!(
        "{medium}: 64-byte value sealed and opened in {:.2} µs",
        start.elapsed().as_secs_f64() * 10.0
    );
    Ok(())
}
