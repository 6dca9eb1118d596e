#include "engine/images/import.hpp"

#include "base/clock.hpp"
#include "codec/json/json.hpp"
#include "engine/images/assemble.hpp"
#include "engine/images/changes.hpp"
#include "engine/images/ingest.hpp"
#include "engine/images/oci_json.hpp"
#include "files/body.hpp"

namespace wherry::images {

namespace {

class IngestSink final : public archive::ByteSink {
  public:
    explicit IngestSink(Ingest& ingest) : ingest_(ingest) {}
    Result<> write(std::string_view bytes) override { return ingest_.write(bytes); }

  private:
    Ingest& ingest_;
};

// Runs on the pool: the body becomes a blob as it is.
Result<Ingest> spool(const store::Layout& layout, archive::ByteSource& source) {
    TRY(auto ingest, Ingest::begin(layout));
    IngestSink sink(ingest);
    CHECK_OK(archive::copy(source, sink));
    return ingest;
}

std::string config_text(const ImportOptions& options, oci::RunConfig config,
                        const std::string& diff_id) {
    const api::PlatformSpec platform = options.platform.value_or(api::PlatformSpec::host());
    oci::ImageConfig image;
    image.created = rfc3339_nano(now());
    image.comment = options.message;
    image.architecture = platform.architecture;
    image.variant = platform.variant;
    image.os = platform.os;
    image.config = std::move(config);
    image.rootfs.diff_ids.push_back(diff_id);
    oci::History history;
    history.created = image.created;
    history.comment = options.message;
    image.history.push_back(std::move(history));
    return json::encode(image);
}

}  // namespace

Task<Result<std::string>> import_image(Parts& parts, http::BodyReader& body,
                                       ImportOptions options) {
    oci::RunConfig config;
    CO_CHECK_OK(apply_changes(options.changes, config));
    const store::Layout layout = parts.content.layout();
    const auto store = [layout](archive::ByteSource& source) { return spool(layout, source); };
    CO_TRY(Ingest arrived, co_await files::with_body(parts.bodies, body, store));
    LayerOfBlob one;
    CO_TRY(one.blob, parts.content.keep(arrived));
    NoProgress silent;
    LayerOrder order;
    CO_TRY(one.layer, co_await make_layer(parts, one.blob, std::move(order), silent));
    Assembly assembly;
    assembly.config_text = config_text(options, std::move(config), one.layer->diff_id);
    assembly.layers.push_back(std::move(one));
    CO_TRY(StoredImage stored, co_await assemble(parts, std::move(assembly)));
    CO_CHECK_OK(co_await sync_data(parts));
    const std::string id = stored.image.id;
    std::vector<store::Event> events;
    events.push_back(image_event("import", id, id, &stored.image));
    std::vector<api::Reference> names;
    if (options.name) {
        events.push_back(image_event("tag", id, options.name->familiar(), &stored.image));
        names.push_back(*options.name);
        stored.last_tagged = rfc3339_nano(now());
    }
    CO_CHECK_OK(co_await parts.catalog.add(std::move(stored), std::move(names), std::move(events)));
    co_return id;
}

}  // namespace wherry::images
