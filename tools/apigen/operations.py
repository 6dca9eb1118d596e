"""The operation table: what the server's route check, the SDK and the coverage list go by."""
import json

from tools.apigen.structs import WARNING


def quoted(value):
    return json.dumps(value or "")


def row(catalogue, o, queries):
    name = "none"
    if o["query"]:
        name = f"query_of_{o['operation'].lower()}"
        rows = ", ".join(f"{{{quoted(q['name'])}, {quoted(q['type'])}, {quoted(q['since'])}, "
                         f"{quoted(q['removed_in'])}}}" for q in o["query"])
        queries.append(f"constexpr QueryParameter {name}[] = {{{rows}}};")
    success = next((kind for code, kind in o["responses"].items() if code[0] in "12"), "")
    query = f"{{{name}}}" if o["query"] else "{}"
    return (f"    {{{quoted(o['method'])}, {quoted(o['path'])}, {quoted(o['operation'])}, {quoted(o['tag'])}, "
            f"{quoted(o['since'])}, {quoted(o['removed_in'])}, {query}, {quoted(o['body'])}, {quoted(success)}, "
            f"{quoted(o['streaming'])}, {quoted(catalogue.streams.get(o['operation']))}, "
            f"{quoted(o.get('request_stream'))}, {'true' if o.get('documented', True) else 'false'}}},")


def source(catalogue):
    queries = []
    rows = [row(catalogue, operation, queries) for operation in catalogue.operations]
    lines = "\n".join(rows)
    tables = "\n".join(queries)
    return f"""{WARNING}
#include "api/operation.hpp"

namespace wherry::api {{

// clang-format off
namespace {{

{tables}

constexpr Operation table[] = {{
{lines}
}};

}}  // namespace
// clang-format on

std::span<const Operation> operations() {{
    return table;
}}

}}  // namespace wherry::api
"""
