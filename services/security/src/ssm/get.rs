//! Parameters are read, one store read each.

use api_security::ssm::{
    GetParameterInput, GetParameterOutput, GetParametersInput, GetParametersOutput,
    Parameter as Shown,
};
use service::{Cx, Error, Right};
use store::ReadTx;
use types::Scope;

use super::model::{self, Parameter, PastVersion, Version, past_key};
use super::names::{Reference, Selector};
use super::{errors, value};

/// A parameter and the version that was asked for.
pub(crate) struct Found {
    pub parameter: Parameter,
    /// `None` where there is no such version.
    pub version: Option<Version>,
}

impl Reference {
    /// The parameter and the version that are meant, if the parameter is there.
    pub fn find(&self, tx: &ReadTx<'_>, scope: &Scope) -> Result<Option<Found>, Error> {
        for name in &self.names {
            if let Some(parameter) = tx.get::<Parameter>(scope, name)? {
                let parameter = parameter.into_inner();
                let version = self.selector.of(tx, scope, &parameter)?;
                return Ok(Some(Found { parameter, version }));
            }
        }
        Ok(None)
    }
}

impl Selector {
    fn of(
        &self,
        tx: &ReadTx<'_>,
        scope: &Scope,
        parameter: &Parameter,
    ) -> Result<Option<Version>, Error> {
        match self {
            Self::Current => Ok(Some(parameter.current.clone())),
            Self::Number(number) => version(tx, scope, parameter, *number),
            Self::Label(label) => match parameter.labels.get(label) {
                Some(number) => version(tx, scope, parameter, *number),
                None => Ok(None),
            },
        }
    }
}

/// The version of that number, if it is there.
pub(crate) fn version(
    tx: &ReadTx<'_>,
    scope: &Scope,
    parameter: &Parameter,
    number: i64,
) -> Result<Option<Version>, Error> {
    if number == parameter.current.number {
        return Ok(Some(parameter.current.clone()));
    }
    if number < 1 || number > parameter.current.number {
        return Ok(None);
    }
    let past = tx.get::<PastVersion>(scope, &past_key(&parameter.name, number))?;
    Ok(past.map(|past| past.into_inner().content))
}

/// Reads what a reference means and checks the caller's right to it. That is done here and not by
/// the table, because conditions on the parameter's tags would need it to be read there too.
fn load(cx: &Cx, action: &str, reference: &Reference) -> Result<Option<Found>, Error> {
    let scope = cx.scope();
    let found = cx.read(|tx| reference.find(tx, &scope))?;
    let name = found.as_ref().map_or(reference.name(), |found| &found.parameter.name);
    let arn = model::arn(&scope, name);
    let right = Right::new(action, arn.clone());
    let right = match &found {
        Some(found) => found.parameter.describe(right),
        None => right,
    };
    cx.touch(arn);
    cx.authorize("ssm", &right)?;
    Ok(found)
}

/// A version as callers see it.
pub(crate) async fn shown(
    cx: &Cx,
    name: &str,
    version: &Version,
    selector: Option<String>,
    decrypt: bool,
) -> Result<Shown, Error> {
    let arn = model::arn(&cx.scope(), name);
    Ok(Shown {
        name: name.to_owned(),
        kind: version.kind,
        value: value::show(cx, &arn, version, decrypt).await?,
        version: version.number,
        selector,
        source_result: None,
        last_modified_date: version.modified,
        arn,
        data_type: version.data_type.clone(),
    })
}

/// [GetParameter](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html)
pub(crate) async fn get_parameter(
    cx: Cx,
    input: GetParameterInput,
) -> Result<GetParameterOutput, Error> {
    let reference = Reference::parse(&cx.scope(), &input.name)?;
    let found = load(&cx, "ssm:GetParameter", &reference)?.ok_or_else(|| not_found(&input.name))?;
    let version = found.version.ok_or_else(|| no_version(&found.parameter.name, &reference))?;
    let decrypt = input.with_decryption == Some(true);
    let parameter = shown(&cx, &found.parameter.name, &version, reference.suffix, decrypt).await?;
    Ok(GetParameterOutput { parameter })
}

/// [GetParameters](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html)
pub(crate) async fn get_parameters(
    cx: Cx,
    input: GetParametersInput,
) -> Result<GetParametersOutput, Error> {
    let scope = cx.scope();
    let mut output = GetParametersOutput::default();
    let mut found = Vec::new();
    for (at, name) in input.names.iter().enumerate() {
        if input.names.iter().take(at).any(|other| other == name) {
            continue;
        }
        // Names that no parameter can have are told as those that none has.
        let reference = Reference::parse(&scope, name).ok();
        let loaded = match &reference {
            Some(reference) => load(&cx, "ssm:GetParameters", reference)?,
            None => None,
        };
        match loaded.and_then(|it| Some((it.parameter.name, it.version?))) {
            Some((name, version)) => found.push((name, version, reference)),
            None => output.invalid_parameters.push(name.clone()),
        }
    }
    let decrypt = input.with_decryption == Some(true);
    for (name, version, reference) in found {
        let suffix = reference.and_then(|reference| reference.suffix);
        output.parameters.push(shown(&cx, &name, &version, suffix, decrypt).await?);
    }
    Ok(output)
}

/// The error for a parameter that is not there.
pub(crate) fn not_found(name: &str) -> Error {
    errors::PARAMETER_NOT_FOUND.error(format!("Parameter {name} not found."))
}

fn no_version(name: &str, reference: &Reference) -> Error {
    let what = match &reference.selector {
        Selector::Label(label) => format!("label {label} for parameter {name}. Verify the label"),
        Selector::Number(number) => format!("version {number} of {name}. Verify the version"),
        Selector::Current => format!("{name}. Verify the name"),
    };
    errors::VERSION_NOT_FOUND.error(format!("Systems Manager could not find {what} and try again."))
}
