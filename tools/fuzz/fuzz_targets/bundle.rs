//! A text as a bundle in which upstream's functions are swapped.
//!
//! The transform is TypeScript; its compiled form (`dist/ts/register/rewrite.js`, made by `npm run build:ts`) runs in QuickJS, on the text as the load
//! hook hands it over: one character for each byte. Whatever comes: the text is left as it is, or what was put in can be taken out again
//! and leaves the text, and a text that is a module stays one. A second pass changes nothing.
#![no_main]

use std::cell::RefCell;
use std::mem::ManuallyDrop;

use libfuzzer_sys::fuzz_target;
use rquickjs::loader::{ImportAttributes, Loader, Resolver};
use rquickjs::module::Declared;
use rquickjs::{Context, Ctx, Error, Function, Module, Object, Persistent, Runtime, Value};

const UPSTREAM: &str = "__hyperframesNativeUpstream_createVideoFrameInjector";
/// Modules stay in their context: after so many it is given up for a new one.
const MOST_PARSED: usize = 500;
const MEMORY: usize = 256 << 20;

/// Where [`SWAPS`] would lie: it imports from there.
const SWAPS_PATH: &str = "dist/ts/register/swaps-of-the-fuzz-target.js";
/// One function swapped in a text, as the load hook swaps all of them at once.
const SWAPS: &str = r#"
import { clipEdit, injectorEdit } from "./rewrite.js";
import { edited, statementsStartAt } from "./statements.js";
export function swapInjector(text) {
  const edit = injectorEdit(text);
  if (edit === undefined) return { reason: "" };
  if (typeof edit === "string") return { reason: edit };
  return statementsStartAt(text, edit.statements) ? { source: edited(text, [edit]) } : { reason: "not whole" };
}
export function swapClip(text) {
  const edit = clipEdit(text);
  return edit !== undefined && statementsStartAt(text, edit.statements) ? edited(text, [edit]) : text;
}
"#;

struct Transform {
    context: Context,
    injector: Persistent<Function<'static>>,
    clip: Persistent<Function<'static>>,
}

impl Transform {
    fn new() -> Self {
        let context = context();
        let (injector, clip) = context.with(|ctx| {
            let (module, done) = Module::declare(ctx.clone(), SWAPS_PATH, SWAPS)
                .and_then(Module::eval)
                .expect("a module");
            done.finish::<()>().expect("it needs nothing else");
            let exported = |name: &str| {
                let function: Function = module.get(name).expect("an export");
                Persistent::save(&ctx, function)
            };
            (exported("swapInjector"), exported("swapClip"))
        });
        Self {
            context,
            injector,
            clip,
        }
    }

    /// The swapped text, or why there is none.
    fn swap_injector(&self, text: &str) -> Result<String, String> {
        self.context.with(|ctx| {
            let swap = self.injector.clone().restore(&ctx).expect("its own context");
            let result: Object = swap.call((text,)).expect("no exception");
            match result.get::<_, Option<String>>("source").expect("a text") {
                Some(source) => Ok(source),
                None => Err(result.get("reason").expect("a reason")),
            }
        })
    }

    fn swap_clip(&self, text: &str) -> String {
        self.context.with(|ctx| {
            let swap = self.clip.clone().restore(&ctx).expect("its own context");
            swap.call((text,)).expect("no exception")
        })
    }
}

fn context() -> Context {
    let runtime = Runtime::new().expect("a runtime");
    runtime.set_memory_limit(MEMORY);
    runtime.set_loader(Files, Files);
    Context::full(&runtime).expect("a context")
}

/// Modules of the repository, by their path in it.
struct Files;

impl Resolver for Files {
    fn resolve<'js>(
        &mut self,
        _: &Ctx<'js>,
        base: &str,
        name: &str,
        _: Option<ImportAttributes<'js>>,
    ) -> rquickjs::Result<String> {
        // The same lexer without WebAssembly, which QuickJS does not have.
        if name == "es-module-lexer/minimal" {
            return Ok("node_modules/es-module-lexer/dist/lexer.minimal.asm.js".to_owned());
        }
        if !base.starts_with("dist/") || !name.starts_with('.') {
            return Err(Error::new_resolving(base, name));
        }
        let mut folders: Vec<&str> = base.split('/').collect();
        folders.pop();
        for part in name.split('/') {
            match part {
                "." => {}
                ".." => drop(folders.pop()),
                part => folders.push(part),
            }
        }
        Ok(folders.join("/"))
    }
}

impl Loader for Files {
    fn load<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        name: &str,
        _: Option<ImportAttributes<'js>>,
    ) -> rquickjs::Result<Module<'js, Declared>> {
        let path = format!("{}/../../{name}", env!("CARGO_MANIFEST_DIR"));
        let source =
            std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}; run: npm run setup"));
        Module::declare(ctx.clone(), name, source)
    }
}

/// Tells modules from other texts.
struct Parser {
    context: Context,
    parsed: usize,
}

impl Parser {
    fn new() -> Self {
        Self {
            context: context(),
            parsed: 0,
        }
    }

    fn is_module(&mut self, text: &str) -> bool {
        // Compiled, not linked: what it imports is not looked for.
        if self.parsed == MOST_PARSED {
            *self = Self::new();
        }
        self.parsed += 1;
        self.context.with(|ctx| {
            let parses = Module::declare(ctx.clone(), "bundle.js", text).is_ok();
            let _: Value = ctx.catch();
            parses
        })
    }
}

thread_local! {
    /// Not dropped at the end: the functions would outlive their runtime.
    static ENGINES: ManuallyDrop<RefCell<(Transform, Parser)>> =
        ManuallyDrop::new(RefCell::new((Transform::new(), Parser::new())));
}

/// What the text may have been before [`Transform::swap_injector`]: of an arrow function the keyword is lost.
fn without_injector_swap(swapped: &str) -> Vec<String> {
    let function = (
        format!("function {UPSTREAM}("),
        &["function createVideoFrameInjector("][..],
    );
    let arrow = (
        format!("const {UPSTREAM} = ("),
        &[
            "const createVideoFrameInjector = (",
            "let createVideoFrameInjector = (",
            "var createVideoFrameInjector = (",
        ][..],
    );
    let (at, put_in, originals) = [function, arrow]
        .into_iter()
        .find_map(|(put_in, originals)| swapped.find(&put_in).map(|at| (at, put_in, originals)))
        .expect("upstream's function under its other name");
    let line = swapped[..at].rfind('\n').map_or(0, |end| end + 1);
    let call = swapped[line..at].find("function createVideoFrameInjector(...call)");
    let start = line + call.expect("the call before it");
    let rest = &swapped[at + put_in.len()..];
    originals
        .iter()
        .map(|original| format!("{}{original}{rest}", &swapped[..start]))
        .collect()
}

/// The text as it was before [`Transform::swap_clip`].
fn without_clip_swap(swapped: &str) -> String {
    let asks = r#"const clip = await (globalThis[Symbol.for("hyperframes-native.captureClip")] ?? ((page, options, clip) => clip))("#;
    let at = swapped.find(asks).expect("the question");
    let given = &swapped[at + asks.len()..];
    let clip = given.find("{ x: 0").expect("the clip");
    let end = given.find(" });").expect("its end") + 2;
    format!(
        "{}const clip = {}{}",
        &swapped[..at],
        &given[clip..end],
        &given[end + 1..]
    )
}

/// The bytes as the engine decodes them.
fn decoded(latin1: &str) -> String {
    let bytes: Vec<u8> = latin1
        .chars()
        .map(|char| u8::try_from(char).expect("one byte"))
        .collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn judge(before: &str, after: &str, undone: &[String], parser: &mut Parser) {
    assert!(
        undone.iter().any(|text| text == before),
        "what was put in, taken out again:\n{after}"
    );
    assert_eq!(before.matches('\n').count(), after.matches('\n').count(), "lines");
    if parser.is_module(&decoded(before)) {
        assert!(parser.is_module(&decoded(after)), "a module no more:\n{after}");
    }
}

fuzz_target!(|data: &[u8]| {
    let text: String = data.iter().copied().map(char::from).collect();
    ENGINES.with(|engines| {
        let (transform, parser) = &mut *engines.borrow_mut();
        let text = match transform.swap_injector(&text) {
            Ok(swapped) => {
                judge(&text, &swapped, &without_injector_swap(&swapped), parser);
                assert!(transform.swap_injector(&swapped).is_err(), "swapped twice");
                swapped
            }
            // Each reason is a way of its own through the code, as the fuzzer sees it.
            Err(reason) if reason.is_empty() => text,
            Err(reason) if reason.contains("shape") => text,
            Err(reason) if reason.contains("more than once") => text,
            Err(reason) if reason.contains("already") => text,
            Err(reason) if reason.contains("table and a configuration") => text,
            Err(_) => text,
        };
        let clipped = transform.swap_clip(&text);
        if clipped != text {
            judge(&text, &clipped, &[without_clip_swap(&clipped)], parser);
            assert_eq!(transform.swap_clip(&clipped), clipped, "swapped twice");
        }
    });
});
