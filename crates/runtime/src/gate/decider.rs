//! How is an instance judged with that has no way out? The gate promises that `load`
//! and `decide` need none of the imports, so the core module that has them is
//! instantiated by itself, every import a trap, and called in the Canonical ABI. As
//! functions of a component they would be tasks of a store that schedules them,
//! which costs twice what the rest of the call does.
//! <https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md>

use anyhow::{Context as _, Result, anyhow, bail};
use wasmtime::{Instance, InstancePre, Memory, Store, TypedFunc, WasmParams, WasmResults};

use super::bindings::exports::gatelet::edge::gate::{Edits, Origin, Reply, Settings, Verdict};
use super::head::Head;
use crate::judging::DECIDE;

const LOAD: &str = "gatelet:edge/gate@0.1.0#load";

/// Address and length in the guest's memory.
type Span = (u32, u32);

/// An instance that judges.
pub(super) struct Decider {
    store: Store<()>,
    memory: Memory,
    allocate: TypedFunc<(u32, u32, u32, u32), u32>,
    load: TypedFunc<(u32, u32, u32, u32, u32, u32), u32>,
    loaded: TypedFunc<u32, ()>,
    decide: TypedFunc<Lowered, u32>,
    decided: TypedFunc<u32, ()>,
}

/// Method, target, authority, TLS, peer, fields, now.
type Lowered = (u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u64);

impl Decider {
    /// # Errors
    /// When the module does not speak the gate's ABI.
    pub(super) fn new(module: &InstancePre<()>, call_ticks: u64) -> Result<Self> {
        let mut store = Store::new(module.module().engine(), ());
        store.set_epoch_deadline(call_ticks);
        let instance = module.instantiate(&mut store)?;
        let memory = instance
            .get_memory(&mut store, "memory")
            .context("the gate's module has no memory")?;
        Ok(Self {
            memory,
            allocate: function(&instance, &mut store, "cabi_realloc")?,
            load: function(&instance, &mut store, LOAD)?,
            loaded: function(&instance, &mut store, &format!("cabi_post_{LOAD}"))?,
            decide: function(&instance, &mut store, DECIDE)?,
            decided: function(&instance, &mut store, &format!("cabi_post_{DECIDE}"))?,
            store,
        })
    }

    /// Grants the next call its time.
    pub(super) fn wind_up(&mut self, call_ticks: u64) {
        self.store.set_epoch_deadline(call_ticks);
    }

    /// # Errors
    /// The component's line for the operator, or what went wrong in the guest.
    pub(super) fn load(&mut self, settings: &Settings) -> Result<()> {
        let Settings {
            values,
            origins,
            complete,
            valid_seconds,
        } = settings;
        let (values, values_count) = self.put_pairs(values)?;
        let (origins, origins_count) = self.put_origins(origins)?;
        let parameters = (
            values,
            values_count,
            origins,
            origins_count,
            u32::from(*complete),
            *valid_seconds,
        );
        let at = self.load.call(&mut self.store, parameters)?;
        let mut result = self.reader(at);
        let outcome = match result.case()? {
            0 => Ok(()),
            1 => Err(anyhow!(result.aligned(4).text()?)),
            _ => bail!(MISSPOKEN),
        };
        self.loaded.call(&mut self.store, at)?;
        outcome
    }

    /// # Errors
    /// When the guest traps or answers nonsense.
    pub(super) fn decide(&mut self, head: &Head<'_>, now: u64) -> Result<Verdict> {
        let Head {
            method,
            target,
            authority,
            tls,
            peer,
            fields,
        } = *head;
        let method = self.put(method.as_bytes())?;
        let target = self.put(target.as_bytes())?;
        let authority = self.put(authority.as_bytes())?;
        let peer = self.put(peer.as_bytes())?;
        let fields = self.put(fields)?;
        let parameters = (
            method.0,
            method.1,
            target.0,
            target.1,
            authority.0,
            authority.1,
            u32::from(tls),
            peer.0,
            peer.1,
            fields.0,
            fields.1,
            now,
        );
        let at = self.decide.call(&mut self.store, parameters)?;
        let mut result = self.reader(at);
        let verdict = match result.case()? {
            0 => Verdict::Forward(result.aligned(4).edits()?),
            1 => Verdict::Respond(result.aligned(4).reply()?),
            2 => Verdict::Ask,
            _ => bail!(MISSPOKEN),
        };
        self.decided.call(&mut self.store, at)?;
        Ok(verdict)
    }

    fn reader(&self, at: u32) -> Reader<'_> {
        Reader {
            memory: self.memory.data(&self.store),
            at: at as usize,
        }
    }

    /// Copies a text or a list of bytes in; the guest owns it from then on.
    fn put(&mut self, bytes: &[u8]) -> Result<Span> {
        let at = self.room(bytes.len(), 1)?;
        self.memory.write(&mut self.store, at as usize, bytes)?;
        Ok((at, u32::try_from(bytes.len())?))
    }

    /// Room that the guest owns, zeroed or not.
    fn room(&mut self, bytes: usize, align: u32) -> Result<u32> {
        if bytes == 0 {
            // Any aligned address will do for nothing.
            return Ok(align);
        }
        let bytes = u32::try_from(bytes)?;
        Ok(self.allocate.call(&mut self.store, (0, 0, align, bytes))?)
    }

    fn put_pairs(&mut self, pairs: &[(String, String)]) -> Result<Span> {
        let mut elements = Writer::default();
        for (name, value) in pairs {
            elements.span(self.put(name.as_bytes())?);
            elements.span(self.put(value.as_bytes())?);
        }
        self.put_elements(&elements, pairs.len(), 4)
    }

    fn put_origins(&mut self, origins: &[Origin]) -> Result<Span> {
        let mut elements = Writer::default();
        for origin in origins {
            let Origin {
                name,
                parent,
                values,
                database_url,
                schema,
                created_at,
                expires_at,
            } = origin;
            elements.span(self.put(name.as_bytes())?);
            elements.span(self.put(parent.as_bytes())?);
            elements.span(self.put_pairs(values)?);
            elements.span(self.put(database_url.as_bytes())?);
            elements.span(self.put(schema.as_bytes())?);
            elements.u64(*created_at);
            elements.u64(u64::from(expires_at.is_some()));
            elements.u64(expires_at.unwrap_or_default());
        }
        self.put_elements(&elements, origins.len(), 8)
    }

    fn put_elements(&mut self, elements: &Writer, count: usize, align: u32) -> Result<Span> {
        let at = self.room(elements.0.len(), align)?;
        self.memory
            .write(&mut self.store, at as usize, &elements.0)?;
        Ok((at, u32::try_from(count)?))
    }
}

const MISSPOKEN: &str = "the gate's module answers in another form than its interface says";

fn function<P: WasmParams, R: WasmResults>(
    instance: &Instance,
    store: &mut Store<()>,
    name: &str,
) -> Result<TypedFunc<P, R>> {
    let function = instance.get_typed_func(store, name);
    function
        .map_err(anyhow::Error::from)
        .with_context(|| format!("the gate's module: {name}"))
}

/// Elements of a list, one after the other. None of ours needs padding but what is
/// written as such.
#[derive(Default)]
struct Writer(Vec<u8>);

impl Writer {
    fn span(&mut self, (at, length): Span) {
        self.0.extend_from_slice(&at.to_le_bytes());
        self.0.extend_from_slice(&length.to_le_bytes());
    }

    fn u64(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }
}

/// A value in the guest's memory, read field by field. Nothing of it is believed:
/// every address is looked at.
struct Reader<'m> {
    memory: &'m [u8],
    at: usize,
}

impl Reader<'_> {
    fn edits(&mut self) -> Result<Edits> {
        Ok(Edits {
            upstream: self.text()?,
            remove: self.texts()?,
            set: self.text()?,
            response: self.text()?,
        })
    }

    fn reply(&mut self) -> Result<Reply> {
        Ok(Reply {
            status: u16::from_le_bytes(self.take()?),
            fields: self.aligned(4).text()?,
            body: self.bytes()?.to_vec(),
            code: match self.case()? {
                0 => None,
                1 => Some(self.aligned(4).text()?),
                _ => bail!(MISSPOKEN),
            },
        })
    }

    /// Which case of a variant it is.
    fn case(&mut self) -> Result<u8> {
        Ok(u8::from_le_bytes(self.take()?))
    }

    /// Past the padding before what has this alignment.
    fn aligned(&mut self, align: usize) -> &mut Self {
        self.at = self.at.next_multiple_of(align);
        self
    }

    fn text(&mut self) -> Result<String> {
        Ok(str::from_utf8(self.bytes()?)?.to_owned())
    }

    fn texts(&mut self) -> Result<Vec<String>> {
        let (at, count) = (self.u32()? as usize, self.u32()? as usize);
        let memory = self.memory;
        // No more than there is memory for, whatever the guest says.
        if memory.len() / 8 < count {
            bail!(MISSPOKEN);
        }
        let mut elements = Reader { memory, at };
        (0..count).map(|_| elements.text()).collect()
    }

    fn bytes(&mut self) -> Result<&[u8]> {
        let (at, length) = (self.u32()? as usize, self.u32()? as usize);
        let end = at.checked_add(length).context(MISSPOKEN)?;
        self.memory.get(at..end).context(MISSPOKEN)
    }

    fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.take()?))
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        let rest = self.memory.get(self.at..).context(MISSPOKEN)?;
        let taken = rest.first_chunk().context(MISSPOKEN)?;
        self.at += N;
        Ok(*taken)
    }
}
