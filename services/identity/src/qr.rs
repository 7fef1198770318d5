//! A QR code as a PNG image.

use std::io::Write as _;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};
use qrcodegen::{QrCode, QrCodeEcc};
use service::Error;

/// Pixels along a module's side.
const SCALE: usize = 6;
/// Modules of empty border that readers need.
const BORDER: usize = 4;

/// Draws `text`.
///
/// # Errors
/// Where the text is longer than QR codes hold.
pub(crate) fn png(text: &str) -> Result<Vec<u8>, Error> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).map_err(Error::internal)?;
    let modules = usize::try_from(code.size()).map_err(Error::internal)?;
    let side = (modules + 2 * BORDER) * SCALE;
    let is_dark = |x: usize, y: usize| {
        let place = |at: usize| i32::try_from(at / SCALE).unwrap_or_default() - BORDER as i32;
        code.get_module(place(x), place(y))
    };
    let mut lines = ZlibEncoder::new(Vec::new(), Compression::default());
    for y in 0..side {
        let mut line = vec![0; 1 + side.div_ceil(8)];
        for x in (0..side).filter(|x| !is_dark(*x, y)) {
            if let Some(byte) = line.get_mut(1 + x / 8) {
                *byte |= 0x80 >> (x % 8);
            }
        }
        lines.write_all(&line).map_err(Error::internal)?;
    }
    let lines = lines.finish().map_err(Error::internal)?;
    let side = u32::try_from(side).map_err(Error::internal)?.to_be_bytes();
    // One bit of grey per pixel, not interlaced.
    let head = [&side[..], &side, &[1, 0, 0, 0, 0]].concat();
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in [(b"IHDR", head), (b"IDAT", lines), (b"IEND", Vec::new())] {
        let length = u32::try_from(data.len()).map_err(Error::internal)?;
        png.extend(length.to_be_bytes());
        let mut sum = Crc::new();
        for part in [&kind[..], &data] {
            sum.update(part);
            png.extend_from_slice(part);
        }
        png.extend(sum.sum().to_be_bytes());
    }
    Ok(png)
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_image_is_made() {
        let png = super::png("otpauth://totp/x?secret=ABC").unwrap();
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"));
        assert!(png.ends_with(b"IEND\xaeB\x60\x82"));
        assert!(super::png(&"x".repeat(5000)).is_err());
    }
}
