#!/usr/bin/env python3
"""Works out every id, hash, signature and byte of formats.json from the inputs that stand there.

Shares nothing with the Rust code: it follows docs/formats.md, with Python's standard library alone.
Usage: check.py [FILE | -]. Exits 1 and names the row where a result differs.
"""
import base64, hashlib, json, pathlib, struct, sys

sha = lambda data: hashlib.sha256(data).digest()
x = bytes.fromhex
h = lambda tag, fields: sha(bytes([len(tag)]) + tag.encode() + fields)
def pack(form, *values):
    """One letter a field: B H I Q q integers; x bytes of a fixed length; v variable bytes; t text; o optional x; l optional list of x."""
    out = b""
    for letter, value in zip(form, values, strict=True):
        if letter in "BHIQq": out += struct.pack(">" + letter, value)
        elif letter == "x": out += x(value)
        elif letter == "o": out += b"\0" if value is None else b"\1" + x(value)
        elif letter == "l": out += b"\0" if value is None else b"\1" + items(x(v) for v in value)
        else:
            data = value.encode() if letter == "t" else x(value)
            out += struct.pack(">I", len(data)) + data
    return out
def items(parts):
    parts = list(parts)
    return struct.pack(">H", len(parts)) + b"".join(parts)
def uleb(n):
    return bytes([n]) if n < 128 else bytes([n & 127 | 128]) + uleb(n >> 7)
def same(where, found, stated):
    found = found.hex() if isinstance(found, bytes) else found
    if found != stated: sys.exit(f"{where}: worked out {found}, stated {stated}")

# P-256, to verify signatures: y^2 = x^3 - 3x + b mod P, base point G of order N.
P, N = 2**256 - 2**224 + 2**192 + 2**96 - 1, 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
G = (0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296, 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5)
def add(p, q):
    if p is None or q is None: return q if p is None else p
    if p[0] == q[0] and (p[1] + q[1]) % P == 0: return None
    s = (3 * p[0] ** 2 - 3) * pow(2 * p[1], -1, P) if p == q else (q[1] - p[1]) * pow(q[0] - p[0], -1, P)
    a = (s * s - p[0] - q[0]) % P
    return a, (s * (p[0] - a) - p[1]) % P
def times(n, p):
    out = None
    for bit in bin(n)[2:]:
        out = add(out, out)
        if bit == "1": out = add(out, p)
    return out
def signed(where, spki, message, signature):
    big = lambda data: int.from_bytes(data, "big")
    r, s, key = big(signature[:32]), big(signature[32:]), (big(spki[27:59]), big(spki[59:91]))
    w = pow(s, -1, N)
    point = add(times(big(sha(message)) * w % N, G), times(r * w % N, key))
    same(where + " signature", 0 < r < N and 0 < s < N and point[0] % N == r, True)

def change_hash(raw, where):
    same(where + " magic and checksum", raw[:8], "856f4a83" + sha(raw[8:])[:4].hex())
    return sha(raw[8:])
def parse_change(raw):
    """Takes a canonical change apart byte by byte; what is fixed must stand as it is."""
    at = 8
    def take(n):
        nonlocal at
        at += n
        return raw[at - n:at]
    def number():
        n = shift = 0
        while True:
            byte = take(1)[0]
            n, shift = n | (byte & 127) << shift, shift + 7
            if byte < 128: return n
    fixed = lambda stated: same("change, fixed bytes", take(len(x(stated))), stated)
    fixed("01")
    same("change length", number(), len(raw) - at)
    deps = [take(32).hex() for _ in range(number())]
    fixed("10")
    out = {"deps": deps, "actor": take(16).hex(), "seq": number(), "start_op": number()}
    fixed("000000" "06" "1512" "3401" "4202" "56")
    meta = number()
    fixed("57")
    length = number()
    fixed("7002" "7f10")
    out["act"] = take(16).decode()
    fixed("01" "7f01" "7f")
    same("value metadata", (number(), meta), (16 * length + 7, 1 + len(uleb(16 * length + 7))))
    out["value"] = take(length).hex()
    fixed("7f00")
    same("change end", at, len(raw))
    return out
def build_change(c):
    value, meta = x(c["value"]), uleb(16 * len(x(c["value"])) + 7)
    rest = uleb(len(c["deps"])) + b"".join(map(x, sorted(c["deps"]))) + b"\x10" + x(c["actor"])
    rest += uleb(c["seq"]) + uleb(c["start_op"]) + bytes(3) + b"\6"
    rest += bytes([21, 18, 52, 1, 66, 2, 86]) + uleb(1 + len(meta)) + b"\x57" + uleb(len(value)) + b"\x70\2"
    rest += b"\x7f\x10" + c["act"].encode() + b"\1\x7f\1\x7f" + meta + value + b"\x7f\0"
    chunk = b"\1" + uleb(len(rest)) + rest
    return x("856f4a83") + sha(chunk)[:4] + chunk

RECORDS = {0: ("", "xvx"), 2: ("H", "q"), 4: ("x", "Btxtl"), 6: ("x", "tt"), 8: ("x", "tt"), 10: ("xxB", "o"), 12: ("xx", "B"),
           14: ("xxx", ""), 16: ("x", "vx"), 18: ("HH", "ttvB"), 26: ("B", "v")}

def main(golden):
    realm = golden["realm"]["realm"]
    def rows(group):
        assert golden[group], group
        return ((f"{group} {n}", row) for n, row in enumerate(golden[group]))
    g = golden["realm"]
    same("realm", h("realm", pack("xvx", g["nonce"], g["relay"], g["backup"])), realm)
    for where, r in rows("keys"):
        same(where + " key hash", h("device", pack("v", r["spki"])), r["key_hash"])
        same(where + " device", r["key_hash"][:24], r["device"])
    for where, r in rows("register"):
        same(where, h("id", pack("xBt", realm, r["what"], r["code"]))[:8], r["id"])
    for where, r in rows("rosters"):
        same(where, h("roster", pack("xx", realm, r["block"] or "00" * 8))[:8], r["scope"])
        same(where + " chain 0", h("chain", pack("xx", realm, r["scope"])), r["chain_0"])
    for where, r in rows("documents"):
        same(where, h("doc", pack("xxBxx", realm, r["scope"], r["kind"], r["creator"], r["nonce"]))[:16], r["doc"])
    for where, r in rows("actors"):
        same(where, r["device"] + r["incarnation"], r["actor"])
    for where, r in rows("imports"):
        same(where + " nonce", h("import nonce", pack("xttB", r["secret"], r["system"], r["key"], r["kind"]))[:12], r["nonce"])
        same(where + " act", h("import act", pack("xttH", r["secret"], r["system"], r["key"], r["n"]))[:8], r["act"])
    for where, r in rows("changes"):
        same(where + " raw", build_change(r), r["raw"])
        same(where + " hash", change_hash(x(r["raw"]), where), r["hash"])
        for name, found in parse_change(x(r["raw"])).items(): same(f"{where} {name}", found, r[name])
    for where, r in rows("seals"):
        digests, parts = [], []
        for stated, p in zip(r["digests"], r["parts"], strict=True):
            if p is None:
                digests.append(x(stated)); parts.append(b"\0")
                continue
            hashes = items(change_hash(x(c), where) for c in p["changes"])
            digests.append(h("part", pack("xxB", p["doc"], p["held_nonce"], p["birth"]) + hashes))
            parts.append(b"\1" + pack("xoB", p["doc"], p["nonce"], p["birth"]) + items(pack("v", c) for c in p["changes"]))
        same(where + " digests", [d.hex() for d in digests], r["digests"])
        point = r["point"]
        fields = pack("BBxxxIxIx", 1, 1, r["scope"], r["device"], r["incarnation"], r["seal_seq"], r["prev"], point["seq"], point["chain8"])
        fields += items(digests)
        same(where + " fields", fields, r["fields"])
        same(where + " length of fields", len(fields), 76 + 32 * len(digests))
        same(where + " id", h("seal", x(realm) + fields), r["id"])
        same(where + " device", h("device", pack("v", r["spki"]))[:12], r["device"])
        signed(where, x(r["spki"]), x(r["id"]), x(r["signature"]))
        same(where + " wire", fields + x(r["signature"]) + b"\0" + items(parts), r["wire"])
    for where, r in rows("records"):
        key, value = RECORDS[r["kind"]]
        value = b"\0" if r["value"] is None else b"\1" + pack("v", pack(value, *r["value"]).hex())
        same(where, pack("Bv", r["kind"], pack(key, *r["key"]).hex()) + value, r["bytes"])
    chains = {}
    for where, r in rows("entries"):
        says = r["says"]
        body = x(says["seal"]) + items(bytes([v]) for v in says["verdicts"]) if r["kind"] == 0 else None
        body = items(map(x, says["records"])) if r["kind"] == 2 else body if body else x(says["skipped"])
        fields = pack("xIBQ", r["scope"], r["seq"], r["kind"], r["relay_time"]) + body
        same(where + " bytes", fields, r["bytes"])
        same(where + " hash", h("entry", x(realm) + fields), r["hash"])
        prev = chains.get(r["scope"]) or h("chain", pack("xx", realm, r["scope"]))
        same(where + " prev", prev, r["prev"])
        chains[r["scope"]] = h("chain", prev + x(r["hash"]))
        same(where + " chain", chains[r["scope"]], r["chain"])
    for tag, group in (("head", "heads"), ("receipt", "receipts")):
        for where, r in rows(group):
            fields = pack("BBxBQ", 1, 1, r["realm"], r["signer"], r["relay_time"])
            if tag == "head":
                fields += pack("Q", r["stable_time"]) + items(pack("xIx", i["scope"], i["seq"], i["chain"]) for i in r["items"])
            else:
                fields += items(pack("xxI", i["scope"], i["seal"], i["seq"]) + items(bytes([v]) for v in i["verdicts"]) for i in r["items"])
            stated = x(r["bytes"])
            signature = stated[len(fields):len(fields) + 64]
            backup = pack("v", r["spki"]) if r["signer"] == 1 else b""
            same(where + " bytes", fields + signature + backup, r["bytes"])
            signed(where, x(r["spki"]), h(tag, fields), signature)
    for where, r in rows("invitations"):
        data = pack("xxx", r["realm"], r["relay"], r["token"]) + items(pack("t", a) for a in r["addresses"])
        same(where, "doorstep:1:" + base64.urlsafe_b64encode(data).decode().rstrip("="), r["text"])
    for where, r in rows("enrolments"):
        first = h("enrol", pack("xxvx", r["realm"], r["token"], r["spki"], r["salt"]))[:4]
        same(where, f"{int.from_bytes(first, 'big') % 10**6:06}", r["digits"])
    for where, r in rows("have"):
        same(where, h("have", pack("xx", r["key"], r["seal"]))[:8], r["id8"])
    print("golden bytes:", ", ".join(f"{len(v)} {k}" for k, v in golden.items() if isinstance(v, list)))

if __name__ == "__main__":
    name = sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "formats.json"
    main(json.loads(sys.stdin.read() if name == "-" else pathlib.Path(name).read_text("utf-8")))
