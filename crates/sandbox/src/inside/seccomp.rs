//! System calls that no build needs, refused: they reach things of the kernel that namespaces don't
//! divide. Keyrings of a user are shared by all his processes, sandboxes and yard alike.

use crate::sys;
use nix::libc::{self, sock_filter};

/// A processor's way to call the kernel: its number in the audit system, and the numbers of the
/// refused calls: add_key, request_key, keyctl, bpf, kexec_load, kexec_file_load.
struct Abi {
    arch: u32,
    refused: &'static [u32],
}

#[cfg(target_arch = "x86_64")]
const ABIS: &[Abi] = &[
    Abi { arch: 0xc000_003e, refused: &[248, 249, 250, 321, 246, 320] },
    // 32-bit programs.
    Abi { arch: 0x4000_0003, refused: &[286, 287, 288, 357, 283] },
];
#[cfg(target_arch = "aarch64")]
const ABIS: &[Abi] = &[
    Abi { arch: 0xc000_00b7, refused: &[217, 218, 219, 280, 104, 294] },
    Abi { arch: 0x4000_0028, refused: &[309, 310, 311, 386, 347, 401] },
];
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const ABIS: &[Abi] = &[];

/// Offsets in `struct seccomp_data` of linux/seccomp.h.
const NUMBER: u32 = 0;
const ARCH: u32 = 4;
/// Marks the calls of x32 programs, which are otherwise numbered as the native ones.
const X32: u32 = 0x4000_0000;

/// Refuses them to this process and its children from now on. Where the kernel can't, it is as it
/// would be without: this is not what keeps a build inside.
pub fn refuse_calls() {
    let _ = sys::filter_calls(&program());
}

fn program() -> Vec<sock_filter> {
    let load = libc::BPF_LD | libc::BPF_W | libc::BPF_ABS;
    let equals = libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K;
    let and = libc::BPF_ALU | libc::BPF_AND | libc::BPF_K;
    let answer = libc::BPF_RET | libc::BPF_K;
    let op = |code: u32, jt: usize, jf: usize, k: u32| sock_filter {
        code: code as u16,
        jt: jt as u8,
        jf: jf as u8,
        k,
    };
    let refuse = op(answer, 0, 0, libc::SECCOMP_RET_ERRNO | libc::EPERM as u32);
    let mut program = Vec::new();
    for abi in ABIS {
        program.push(op(load, 0, 0, ARCH));
        // If it is another, over the rest of this part.
        program.push(op(equals, 0, 2 + 2 * abi.refused.len(), abi.arch));
        program.push(op(load, 0, 0, NUMBER));
        program.push(op(and, 0, 0, !X32));
        for number in abi.refused {
            program.extend([op(equals, 0, 1, *number), refuse]);
        }
    }
    program.push(op(answer, 0, 0, libc::SECCOMP_RET_ALLOW));
    program
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the program answers, as the kernel would run it.
    fn run(program: &[sock_filter], arch: u32, number: u32) -> u32 {
        let (mut at, mut value) = (0, 0);
        loop {
            let op = program[at];
            at += 1;
            match u32::from(op.code) & 7 {
                libc::BPF_LD => value = if op.k == ARCH { arch } else { number },
                libc::BPF_ALU => value &= op.k,
                libc::BPF_JMP => at += usize::from(if value == op.k { op.jt } else { op.jf }),
                _ => return op.k,
            }
        }
    }

    #[test]
    fn refuses_what_is_listed_and_nothing_else() {
        let program = program();
        for abi in ABIS {
            for number in 0..500 {
                let allowed = run(&program, abi.arch, number) == libc::SECCOMP_RET_ALLOW;
                assert_eq!(allowed, !abi.refused.contains(&number), "{:x} {number}", abi.arch);
            }
        }
        assert_eq!(run(&program, 7, 250), libc::SECCOMP_RET_ALLOW);
        #[cfg(target_arch = "x86_64")]
        {
            assert_ne!(run(&program, 0xc000_003e, X32 | 250), libc::SECCOMP_RET_ALLOW);
            let known = [libc::SYS_add_key, libc::SYS_request_key, libc::SYS_keyctl, libc::SYS_bpf];
            assert!(known.iter().all(|it| ABIS[0].refused.contains(&(*it as u32))));
        }
    }
}
