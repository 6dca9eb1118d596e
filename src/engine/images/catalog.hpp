// All images of the engine: in memory, with a record each in the store. An image is there when its
// record is committed, and not before. Loop thread only; pointers hold until the next co_await.
//
//   image      sha256:ID                    its layers and blobs
//   layer      NAME                         an unpacked layer
//   reference  docker.io/library/a:latest   or …@sha256:…: which image it names
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/reference.hpp"
#include "engine/images/content.hpp"
#include "engine/images/images.hpp"
#include "engine/store/store.hpp"
#include "net/async/mutex.hpp"

namespace wherry::images {

/// An image with what keeps its files.
struct StoredImage {
    Image image;
    std::vector<LayerRef> layers;        ///< lowest first
    std::vector<BlobRef> blobs;          ///< indexes, manifests, config, compressed layers
    std::vector<std::string> manifests;  ///< digests of the manifests (not lists) it came with
    std::string last_tagged;             ///< RFC 3339; "" if it never was tagged here
};

/// A name for an image.
struct NamedImage {
    std::string image_id;
    api::Reference reference;
};

class Catalog {
  public:
    Catalog(store::Store& store, Content& content);

    /// Reads all records; images whose files are missing are left out, with a warning.
    [[nodiscard]] Result<> load();

    /// By name, id or unique prefix of an id; else 404 "No such image: NAME:TAG".
    [[nodiscard]] Result<const StoredImage*> get(std::string_view name) const;
    [[nodiscard]] const StoredImage* find(std::string_view id) const noexcept;
    /// The image that a reference names; null where it names none.
    [[nodiscard]] const StoredImage* find_named(const api::Reference& reference) const;
    [[nodiscard]] const std::map<std::string, StoredImage, std::less<>>& all() const noexcept {
        return images_;
    }
    /// All references of an image, canonical text first.
    [[nodiscard]] std::vector<api::Reference> references_of(std::string_view id) const;

    /// Changes of references and images, one at a time; hold it from the check to the commit.
    [[nodiscard]] async::Mutex& mutex() noexcept { return mutex_; }

    /// Adds an image (or what is new of one) and its names; a name moves from the image that had
    /// it. Durable when it returns.
    [[nodiscard]] Task<Result<>> add(StoredImage image, std::vector<api::Reference> names,
                                     std::vector<store::Event> events);
    /// Names an image that is there. `mutex` is held.
    [[nodiscard]] Task<Result<>> tag(std::string id, api::Reference name,
                                     std::vector<store::Event> events);
    /// Takes names away, and the image itself if `with_image`. `mutex` is held.
    [[nodiscard]] Task<Result<>> remove(std::string id, std::vector<api::Reference> names,
                                        bool with_image, std::vector<store::Event> events);

  private:
    [[nodiscard]] Result<> load_layers(std::map<std::string, LayerRef>& layers);
    [[nodiscard]] Result<> load_images(const std::map<std::string, LayerRef>& layers);
    [[nodiscard]] Result<> load_references();
    [[nodiscard]] Result<StoredImage> restore(const store::Record& record,
                                              const std::map<std::string, LayerRef>& layers);
    void refresh_names(std::string_view id);
    void rewrite_index() const;

    store::Store& store_;
    Content& content_;
    async::Mutex mutex_;
    std::map<std::string, StoredImage, std::less<>> images_;
    std::map<std::string, NamedImage, std::less<>> references_;  ///< by canonical text
};

/// An event of an image, with the labels that the API adds.
[[nodiscard]] store::Event image_event(std::string_view action, std::string_view actor,
                                       std::string_view name, const Image* image);

}  // namespace wherry::images
