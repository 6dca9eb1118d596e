#include "engine/images/records.hpp"

#include "codec/json/json.hpp"

namespace wherry::images::records {

template <class Io>
static void fields(Io& io, Blob& s) {
    io.field("digest", s.digest);
    io.field("size", s.size);
}

template <class Io>
static void fields(Io& io, ImageRecord& s) {
    io.field("schema", s.schema);
    io.field("layers", s.layers);
    io.field("blobs", s.blobs);
    io.field("manifests", s.manifests);
    io.field("last_tagged", s.last_tagged, json::Empty::omit);
}

template <class Io>
static void fields(Io& io, LayerRecord& s) {
    io.field("schema", s.schema);
    io.field("chain_id", s.chain_id);
    io.field("diff_id", s.diff_id);
    io.field("size", s.size);
}

template <class Io>
static void fields(Io& io, ReferenceRecord& s) {
    io.field("schema", s.schema);
    io.field("image", s.image);
}

namespace {

template <class T>
Result<T> decode(std::string_view text) {
    TRY(T record, json::decode<T>(text));
    if (record.schema > schema) {
        return fail(ErrorKind::unsupported, "the record was written by a newer version");
    }
    return record;
}

}  // namespace

std::string encode(const ImageRecord& record) {
    return json::encode(record);
}
std::string encode(const LayerRecord& record) {
    return json::encode(record);
}
std::string encode(const ReferenceRecord& record) {
    return json::encode(record);
}
Result<ImageRecord> decode_image(std::string_view text) {
    return decode<ImageRecord>(text);
}
Result<LayerRecord> decode_layer(std::string_view text) {
    return decode<LayerRecord>(text);
}
Result<ReferenceRecord> decode_reference(std::string_view text) {
    return decode<ReferenceRecord>(text);
}

}  // namespace wherry::images::records
