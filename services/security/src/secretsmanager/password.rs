//! Random passwords.

use api_security::secretsmanager::{GetRandomPasswordInput, GetRandomPasswordOutput};
use service::{Cx, Error};

use super::errors;

const LOWERCASE: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPERCASE: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const NUMBERS: &str = "0123456789";
const PUNCTUATION: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
const SPACE: &str = " ";
const DEFAULT_LENGTH: usize = 32;

/// [GetRandomPassword](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html)
pub(crate) async fn get_random_password(
    _cx: Cx,
    input: GetRandomPasswordInput,
) -> Result<GetRandomPasswordOutput, Error> {
    Ok(GetRandomPasswordOutput { random_password: password(&input)? })
}

fn password(input: &GetRandomPasswordInput) -> Result<String, Error> {
    let length = input.password_length.and_then(|length| usize::try_from(length).ok());
    let length = length.unwrap_or(DEFAULT_LENGTH);
    let excluded = input.exclude_characters.as_deref().unwrap_or_default();
    let types: Vec<Vec<char>> = [
        (LOWERCASE, input.exclude_lowercase != Some(true)),
        (UPPERCASE, input.exclude_uppercase != Some(true)),
        (NUMBERS, input.exclude_numbers != Some(true)),
        (PUNCTUATION, input.exclude_punctuation != Some(true)),
        (SPACE, input.include_space == Some(true)),
    ]
    .into_iter()
    .filter(|(_, included)| *included)
    .map(|(letters, _)| letters.chars().filter(|c| !excluded.contains(*c)).collect())
    .collect();
    let all: Vec<char> = types.concat();
    if all.is_empty() {
        return Err(errors::INVALID_PARAMETER
            .error("The password can't be generated, because every character is excluded."));
    }
    let mut letters = Vec::with_capacity(length);
    if input.require_each_included_type != Some(false) {
        for letters_of_type in &types {
            letters.push(pick(letters_of_type).ok_or_else(|| {
                errors::INVALID_PARAMETER.error(
                    "A type of characters is required, and every character of it is excluded.",
                )
            })?);
        }
        if letters.len() > length {
            return Err(errors::INVALID_PARAMETER
                .error("Password length is too short based on the required types."));
        }
    }
    while letters.len() < length {
        letters.extend(pick(&all));
    }
    shuffle(&mut letters);
    Ok(letters.into_iter().collect())
}

/// A random number below `bound`, each equally likely; `bound` is at most 4,096.
fn below(bound: usize) -> usize {
    let limit = (1 << 16) / bound * bound;
    loop {
        let number = usize::from(u16::from_be_bytes(types::random_bytes()));
        if number < limit {
            return number % bound;
        }
    }
}

fn pick(letters: &[char]) -> Option<char> {
    if letters.is_empty() { None } else { letters.get(below(letters.len())).copied() }
}

/// Fisher and Yates.
fn shuffle(letters: &mut [char]) {
    for at in (1..letters.len()).rev() {
        letters.swap(at, below(at + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_included_type_is_there_and_nothing_else() {
        for _ in 0..50 {
            let five = GetRandomPasswordInput {
                password_length: Some(5),
                include_space: Some(true),
                exclude_characters: Some("aA0".to_owned()),
                ..Default::default()
            };
            let password = password(&five).unwrap();
            assert_eq!(password.chars().count(), 5);
            for letters in [LOWERCASE, UPPERCASE, NUMBERS, PUNCTUATION, SPACE] {
                assert_eq!(password.chars().filter(|c| letters.contains(*c)).count(), 1);
            }
            assert!(!password.contains(['a', 'A', '0']));
        }
        assert_eq!(password(&GetRandomPasswordInput::default()).unwrap().len(), 32);
    }

    #[test]
    fn impossible_passwords_are_refused() {
        let short = GetRandomPasswordInput {
            password_length: Some(3),
            ..GetRandomPasswordInput::default()
        };
        assert!(password(&short).is_err());
        let relaxed = GetRandomPasswordInput { require_each_included_type: Some(false), ..short };
        assert_eq!(password(&relaxed).unwrap().len(), 3);
        let nothing = GetRandomPasswordInput {
            exclude_lowercase: Some(true),
            exclude_uppercase: Some(true),
            exclude_punctuation: Some(true),
            exclude_characters: Some(NUMBERS.to_owned()),
            ..GetRandomPasswordInput::default()
        };
        assert!(password(&nothing).is_err());
    }
}
