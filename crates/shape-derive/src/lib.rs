//! `#[derive(Shape)]`: emits a static field table and two `match`es over the field index. All
//! knowledge of protocols stays in interpreters that read that table, so that a shape costs a few
//! lines of generated code however many protocols there are. See `codeyard-shape` for the
//! attributes.

use proc_macro::TokenStream;
use proc_macro2::TokenStream as Tokens;
use quote::quote;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, LitInt, LitStr, parse_macro_input};

/// Implements `Shape`, `Member` and a `Debug` that hides sensitive members.
#[proc_macro_derive(Shape, attributes(shape))]
pub fn derive_shape(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// How member names are made from field names.
#[derive(Clone, Copy)]
enum Case {
    Camel,
    Pascal,
    Snake,
}

impl Case {
    fn apply(self, field: &str) -> String {
        let field = field.trim_start_matches("r#");
        if matches!(self, Self::Snake) {
            return field.to_owned();
        }
        let mut out = String::new();
        for (at, part) in field.split('_').filter(|part| !part.is_empty()).enumerate() {
            let mut letters = part.chars();
            match letters.next() {
                Some(first) if at > 0 || matches!(self, Self::Pascal) => {
                    out.extend(first.to_uppercase());
                }
                Some(first) => out.push(first),
                None => {}
            }
            out.push_str(letters.as_str());
        }
        out
    }
}

fn expand(input: &DeriveInput) -> syn::Result<Tokens> {
    let ident = &input.ident;
    if !input.generics.params.is_empty() {
        return Err(syn::Error::new(input.generics.span(), "a shape takes no generics"));
    }
    let Data::Struct(data) = &input.data else {
        return Err(syn::Error::new(ident.span(), "only structs are shapes; see string_enum!"));
    };
    let mut case = Case::Camel;
    let mut xml_root = ident.to_string();
    let mut xml_namespace = String::new();
    for attr in input.attrs.iter().filter(|attr| attr.path().is_ident("shape")) {
        attr.parse_nested_meta(|meta| {
            if meta.path.is_ident("case") {
                let value: LitStr = meta.value()?.parse()?;
                case = match value.value().as_str() {
                    "camel" => Case::Camel,
                    "pascal" => Case::Pascal,
                    "snake" => Case::Snake,
                    _ => return Err(meta.error("case is \"camel\", \"pascal\" or \"snake\"")),
                };
            } else if meta.path.is_ident("xml_root") {
                xml_root = meta.value()?.parse::<LitStr>()?.value();
            } else if meta.path.is_ident("xml_namespace") {
                xml_namespace = meta.value()?.parse::<LitStr>()?.value();
            } else {
                return Err(meta.error("unknown shape attribute"));
            }
            Ok(())
        })?;
    }
    let none = syn::punctuated::Punctuated::new();
    let fields = match &data.fields {
        Fields::Named(named) => &named.named,
        Fields::Unit => &none,
        Fields::Unnamed(_) => {
            return Err(syn::Error::new(ident.span(), "a shape's members are named"));
        }
    };
    let mut table = Vec::new();
    let mut slots = Vec::new();
    let mut peeks = Vec::new();
    for (index, field) in fields.iter().enumerate() {
        let Some(name) = &field.ident else { continue };
        let entry = field_entry(field, &case.apply(&name.to_string()))?;
        table.push(entry);
        slots.push(quote!(#index => ::shape::Member::slot(&mut self.#name),));
        peeks.push(quote!(#index => ::shape::Member::peek(&self.#name),));
    }
    let shape_name = ident.to_string();
    Ok(quote! {
        impl ::shape::Shape for #ident {
            fn schema(&self) -> &'static ::shape::Schema {
                static SCHEMA: ::shape::Schema = ::shape::Schema {
                    name: #shape_name,
                    xml_root: #xml_root,
                    xml_namespace: #xml_namespace,
                    fields: &[#(#table),*],
                };
                &SCHEMA
            }
            fn slot(&mut self, index: usize) -> ::shape::Slot<'_> {
                match index {
                    #(#slots)*
                    _ => ::shape::Slot::Nothing,
                }
            }
            fn peek(&self, index: usize) -> ::shape::Peek<'_> {
                match index {
                    #(#peeks)*
                    _ => ::shape::Peek::Absent,
                }
            }
            fn into_any(self: ::std::boxed::Box<Self>) -> ::std::boxed::Box<dyn ::std::any::Any + Send> {
                self
            }
        }
        impl ::shape::Member for #ident {
            fn slot(&mut self) -> ::shape::Slot<'_> {
                ::shape::Slot::Struct(self)
            }
            fn peek(&self) -> ::shape::Peek<'_> {
                ::shape::Peek::Struct(self)
            }
        }
        impl ::std::fmt::Debug for #ident {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::shape::debug(self, f)
            }
        }
    })
}

fn field_entry(field: &syn::Field, default_name: &str) -> syn::Result<Tokens> {
    let mut name = default_name.to_owned();
    let mut like = quote!(::shape::Field::named(""));
    let mut sets = Vec::new();
    for attr in field.attrs.iter().filter(|attr| attr.path().is_ident("shape")) {
        attr.parse_nested_meta(|meta| {
            let path = meta.path.clone();
            let key = path.get_ident().map(ToString::to_string).unwrap_or_default();
            let ident = path.get_ident();
            let set = match key.as_str() {
                "name" => {
                    name = meta.value()?.parse::<LitStr>()?.value();
                    return Ok(());
                }
                "like" => {
                    let value: syn::Path = meta.value()?.parse()?;
                    like = quote!(#value);
                    return Ok(());
                }
                "required" | "sensitive" | "flat" | "attribute" | "omit_empty" => {
                    quote!(#ident: true)
                }
                "item" | "key" | "value" => {
                    let value: LitStr = meta.value()?.parse()?;
                    quote!(#ident: #value)
                }
                "xml" | "pattern" | "missing" | "invalid" => {
                    let value: LitStr = meta.value()?.parse()?;
                    quote!(#ident: ::std::option::Option::Some(#value))
                }
                "min" | "max" => {
                    let value: LitInt = meta.value()?.parse()?;
                    quote!(#ident: ::std::option::Option::Some(#value))
                }
                "header" => {
                    let value: LitStr = meta.value()?.parse()?;
                    quote!(place: ::shape::Place::Header(#value))
                }
                "headers" => {
                    let value: LitStr = meta.value()?.parse()?;
                    quote!(place: ::shape::Place::Headers(#value))
                }
                "query" => {
                    let value: LitStr = meta.value()?.parse()?;
                    quote!(place: ::shape::Place::Query(#value))
                }
                "label" => quote!(place: ::shape::Place::Label),
                "payload" => quote!(place: ::shape::Place::Payload),
                "status" => quote!(place: ::shape::Place::Status),
                "time" => {
                    let value: LitStr = meta.value()?.parse()?;
                    match value.value().as_str() {
                        "iso" => quote!(time: ::shape::TimeFormat::Iso8601),
                        "epoch" => quote!(time: ::shape::TimeFormat::Epoch),
                        "http" => quote!(time: ::shape::TimeFormat::Http),
                        _ => return Err(meta.error("time is \"iso\", \"epoch\" or \"http\"")),
                    }
                }
                _ => return Err(meta.error("unknown shape attribute")),
            };
            sets.push(set);
            Ok(())
        })?;
    }
    Ok(quote!(::shape::Field { name: #name, #(#sets,)* ..#like }))
}
