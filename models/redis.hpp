#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/kubernetes.hpp"
#include "models/redis_gossip.hpp"
#include "models/redis_parts.hpp"
#include "models/volumes.hpp"
#include "sim/drill/ledger.hpp"
#include "sim/drill/world.hpp"

/// The Redis Cluster of one Kubernetes cluster, by its protocol (redis 7.2 src/cluster.c). Every
/// server keeps in nodes.conf whom it knows, at which address, and who owns which slots; servers
/// that know and reach each other agree by gossip, the higher epoch wins. A master that does not
/// answer is suspected (PFAIL) after the node timeout and has failed (FAIL) when most masters say
/// so; a replica of it stands for election. A master that most masters do not reach goes on
/// acknowledging until it has noticed. Data outlive processes as far as their volume and the
/// server's configuration let them; a new identity does not make them go away, and an empty
/// master makes its replicas empty. Without "cluster" there is one server, of a StatefulSet or of a
/// Deployment, that clients find through its Service and whose place nobody takes.
namespace drdrill::models {

class Redis final : public PodModel {
 public:
  Redis(Context& context, Kubernetes& kubernetes, Volumes& volumes, int cluster);

  void reset();
  void handle(const Event& event);

  void pod_started(PodRef ref) override;
  void pod_ended(PodRef ref, Ending ending) override;
  /// `redis-cli ping` exits 0 as soon as somebody listens, with an error while data are loaded.
  bool pod_healthy(PodRef ref) const override {
    const int server = server_at(ref);
    return server == none || listens(at(server));
  }
  void reach_changed() override { update(); }
  /// Services may lead elsewhere.
  void routes_changed();

  /// Has the installation servers?
  bool exists() const { return !servers_.empty(); }
  /// Do clients read and write every slot?
  bool serves_all() const { return serves_all_; }
  /// What the servers of the slots suffer from, one for each shard; empty: none suffers.
  const std::vector<Impairment>& impairments();
  /// Goes up whenever other servers serve, or some slots no longer or again.
  std::uint64_t version() const { return version_; }
  /// Can this pod (no_pod: a client that reaches what is reached at all) use every slot?
  bool usable_from(PodRef from) const;

  /// What a server answers. `error`: an error reply, which redis-cli prints and exits 0.
  struct Reply {
    std::string text;
    bool error = false;
    bool understood = true;
    bool changed = false;
  };
  Reply call(PodRef ref, std::span<const std::string> words);
  /// What becomes of a connection.
  enum class Contact : std::uint8_t {
    answers,
    refused,
    silent,   ///< no packet comes back
    hangs,    ///< it is accepted, and nothing is said
    unknown,  ///< there is no such name
  };
  struct Route {
    Contact contact = Contact::unknown;
    PodRef pod = no_pod;
  };
  /// To a host by name or address (empty: the pod itself), from inside of a pod or from outside.
  Route route(PodRef from, std::string_view host, int port = 6379) const;
  std::string address_of(PodRef ref) const;  ///< ip:port
  /// Does a process answer there?
  bool answers(PodRef ref) const;

  /// For `redis-cli --cluster`: looks at one server's view.
  bool is_empty(PodRef ref) const;  ///< knows nobody and holds no key
  int slots_covered(PodRef ref) const;
  Duration way_to(PodRef from, PodRef to) const;
  bool agrees(PodRef ref) const;  ///< those it is linked to see the same owners
  std::vector<PodRef> known(PodRef ref) const;
  std::string id_of(PodRef ref) const;
  /// CLUSTER ADDSLOTSRANGE.
  void give_slots(PodRef ref, int first, int last);
  /// How many slots it owns and how many replicas it has, as the server at `seen_from` sees it.
  struct Figures {
    PodRef pod = no_pod;
    bool master = false;
    int slots = 0;
    int replicas = 0;
  };
  Figures figures(PodRef seen_from, PodRef of) const;
  /// The server of that id among those it knows; no_pod: there is none.
  PodRef with_id(PodRef seen_from, std::string_view id) const;
  /// Moves the first `count` slots that one owns to another, with what is in them.
  void move_slots(PodRef from, PodRef to, int count);
  /// A slot that the server is told to be moving, and with whom.
  struct Open {
    int slot = 0;
    bool migrating = false;
    PodRef other = no_pod;
  };
  std::vector<Open> open_slots(PodRef at) const;
  PodRef owner_of(PodRef seen_from, int slot) const;
  void close_slot(PodRef pod, int slot);  ///< CLUSTER SETSLOT … STABLE
  /// A slot with what is in it; it is open no longer.
  void move_slot(PodRef from, PodRef to, int slot);
  /// CLUSTER REPLICATE in a while, once the replica knows the master.
  void replicate_later(PodRef replica, PodRef master, Duration after);
  bool follows(PodRef replica, PodRef master) const;  ///< by its configuration
  std::uint64_t keys_at(PodRef ref) const { return keys_of(at(server_at(ref))); }
  const std::string& ip_of(PodRef ref) const { return at(server_at(ref)).ip; }
  int port_of(PodRef ref) const { return at(server_at(ref)).config.port; }
  /// Gives every slot that nobody owns to the server, when so much time has passed: `--cluster fix`
  /// for slots without keys. It gives them one by one, and the last one counts.
  void cover_slots_later(PodRef ref, Duration after);

  /// rm of nodes.conf, or of the data, below the feet of a server or of none.
  void file_removed(PodRef ref, std::string_view path);
  /// What lay on that volume is gone: Volumes::claim_root of a claim, or what volume_of() says.
  void data_lost(std::string_view volume);
  /// Where the data of the server in this pod lie.
  std::string volume_of(PodRef ref) const;

  /// `redis-cli --rdb`: what the server at `host` (empty: in the pod itself) has. Nothing: nobody
  /// answers there. Without a pod it asks for the time before the drill.
  struct Saved {
    Content content;
    Duration takes{};
    ParameterId paced_by{};  ///< what most of it is for
  };
  std::optional<Saved> save(PodRef from, std::string_view host, Offset when);

  void add_inventory(Inventory& inventory) const;
  /// `used`: the installation that clients are sent to. What another one acknowledged is lost to
  /// them, unless a snapshot of it was loaded there.
  void add_ledger(Ledger& ledger, Offset end, const Redis& used) const;
  /// The same as stretches of writes, those of all slot ranges.
  void add_writes(std::vector<SlotWrites::Stretch>& all, Offset end, const Redis& used) const;
  /// The share of all clients that write here, 0 to 1.
  void set_share(double share);
  /// Does a key of this slot still have the value that was acknowledged at `when`, for clients of
  /// the installation `used`?
  bool kept(int slot, Offset when, const Redis& used) const;

 private:
  static constexpr int none = redis::none;
  using Identity = redis::Identity;
  using Held = redis::Held;
  using Share = redis::Share;
  using Server = redis::Server;
  using Range = redis::Range;
  using Kind = redis::Kind;

  void build();
  bool alone() const { return !context_.spec.redis.cluster; }
  void build_alone();
  void settle_servers();
  PodRef pod_of_home() const;
  bool is_routed(PodRef ref) const;
  void begin(Server& server, PodRef ref);
  bool listens(const Server& server) const { return context_.now() >= server.listens_at; }
  void look_at_volume(Server& server);
  void rename(Server& server);
  void stop(Server& server, Ending ending);
  void configure(Server& server);
  bool refuses_settings(PodRef ref);
  Server& add_server(int cluster, std::string name, bool first_master);
  void share_out();
  void reset_home();
  int new_identity(int server);
  int server_at(PodRef ref) const;
  Server& at(int index) { return servers_[static_cast<std::size_t>(index)]; }
  const Server& at(int index) const { return servers_[static_cast<std::size_t>(index)]; }
  Identity& who(int identity) { return identities_[static_cast<std::size_t>(identity)]; }
  const Identity& who(int identity) const {
    return identities_[static_cast<std::size_t>(identity)];
  }
  const Identity& self(const Server& s) const { return who(s.identity); }
  void after(Duration delay, Kind kind, int subject, Group group, int other = 0);
  bool knows(const Server& from, int identity) const;
  void forget_owners(Server& server);
  std::size_t range_from(int slot);
  std::size_t range_of(int slot) const;

  // redis_cluster.cpp: links, gossip, failure detection, elections.
  PodRef find_host(PodRef from, std::string_view host) const;
  void update();
  void cover_slots(const Server& asked);
  bool linked(const Server& a, const Server& b) const;
  void link();
  bool forgets(const Server& server, std::size_t identity) const;
  void agree(int group);
  bool is_told(const Server& by, int owner, std::size_t range) const;
  void settle_role(Server& server, int first_owned);
  // redis_replication.cpp: who has what its master has.
  void follow();
  bool goes_on(const Server& replica, const Server& master);
  void begin_copy(Server& replica, int master);
  void attach(Server& replica, int master);
  void detach(Server& replica, Duration behind);
  void detect();
  void notice_minority();
  void count_replicas();
  bool has_majority(const Server& server) const;
  redis::Masters masters_seen_by(const Server& server) const;
  bool is_linked(const Server& from, int identity) const;
  std::size_t gather(const Server& view, int identity);
  Duration election();
  Duration timeout_of(const Server& server) const;
  void look_at(int identity, const Server& view);
  void detected(int identity);
  void elect(int identity);
  void take_over(Server& winner, int identity);
  Reply hand_over(Server& replica, bool agreed);
  void block(Server& server, Duration time);
  bool is_blocked(const Server& server) const;
  void forget_failure(int identity);
  bool state_ok(const Server& server) const;
  static bool is_ahead(const Server& one, const Server& other);
  int candidate(int identity) const;
  bool owns_slots(const Server& view, int identity) const;

  // redis_data.cpp: who serves, what is lost.
  void serve();
  bool client_reaches(const Server& server) const;
  int server_for(std::size_t range) const;
  Offset holds(const Server& server, std::size_t range) const;
  void close(std::size_t range);
  double written_in(const Range& range, Offset end) const;
  SlotWrites writes_of(const Range& range, Offset end, const Redis& used) const;
  Duration unsynced_of(const Server& server);
  void load(Server& server);
  void empty(Server& server);
  double bytes_of(const Server& server) const;
  double rate_of(const Range& range) const;
  double keys_of(const Range& range) const;
  double filled(const Server& server, std::size_t range) const;
  std::uint64_t keys_of(const Server& server) const;

  // redis_keys.cpp: what somebody writes and reads by hand.
  std::optional<Reply> key_command(Server& server, std::span<const std::string> words);
  std::optional<Reply> refusal_of(const Server& server, int slot, bool writes) const;

  // redis_disk.cpp: a volume without room.
  void look_at_disks();
  void saved(Server& server);
  static const char* disk_refusal(const Server& server);

  // redis_snapshots.cpp: files that hold what a server had.
  Reply snapshot(Server& server, bool in_the_background);
  void forget_unsaved(Server& server, double rate, Ending ending);
  Duration copy_waits(const Server& server, Offset when);
  static std::optional<double> save_round(const Server& server, double rate);
  double rate_at(int server) const;
  Duration read_disk(Server& server);
  void restore(Server& server, const Content& content);
  const std::vector<Held>& foreign(const Server& server, std::size_t range) const;
  Offset holds_of(int first, int last, int cluster) const;

  // redis_verbs.cpp: what a server answers.
  Reply config(Server& server, std::span<const std::string> words);
  std::string replication_text(const Server& server) const;
  std::string persistence_text(const Server& server) const;
  std::uint64_t offset_of(const Server& server) const;

  // redis_cluster_verbs.cpp, redis_texts.cpp: CLUSTER …
  Reply cluster(Server& server, std::span<const std::string> words);
  Reply add_slots(Server& server, std::span<const std::string> words, bool ranges, bool takes);
  void join_ranges();
  // redis_open_slots.cpp: CLUSTER SETSLOT.
  Reply set_slot(Server& server, std::span<const std::string> words);
  Reply give_slot(Server& server, int slot, int to);
  std::int64_t keys_in(const Server& server, int slot) const;
  void move_range(std::size_t range, int source, int target);
  Reply meet(Server& server, std::span<const std::string> words);
  Reply replicate(Server& server, std::string_view id);
  Reply failover(Server& server, std::string_view how);
  Reply reset_node(Server& server, bool hard);
  Reply forget(Server& server, std::string_view id);
  std::string node_text(const Server& server, int identity) const;
  std::string nodes_text(const Server& server) const;
  std::string slots_text(const Server& server) const;
  std::string info_text(const Server& server) const;
  int identity_of(const Server& view, std::string_view id) const;
  int covered(const Server& server) const;
  static bool holds_keys(const Server& server);

  Context& context_;
  Kubernetes& kubernetes_;
  Volumes& volumes_;
  int cluster_;
  std::vector<Server> servers_;
  std::size_t first_servers_ = 0;      // those that are there when a drill begins
  std::vector<redis::Timers> timers_;  // by server; those of servers that came later are used again
  std::vector<Identity> identities_;
  std::size_t identities_used_ = 0;
  std::vector<Range> ranges_;  // in order of slots
  std::vector<redis::Config> first_configs_;
  std::vector<redis::Written> written_;  // by hand, in order of time
  std::vector<Impairment> impairments_;
  std::vector<char> shard_served_;
  mutable std::vector<char> counted_;  // by identity
  std::size_t shards_ = 0;
  std::uint64_t epoch_ = 0;
  int histories_ = 0;
  std::vector<std::string> refused_;  ///< starts that were told of
  bool serves_all_ = true;
  std::uint64_t version_ = 0;
  double share_ = 1;
  Draw& node_timeout_;
  Draw& election_delay_;
  Draw& cron_;
  Draw& vote_;
  Draw& handshake_;
  Draw& handover_waits_;
  Draw& replication_lag_;
  Draw& process_start_;
  Draw& load_rate_;
  Draw& snapshot_load_rate_;
  Draw& snapshot_rate_;
  Draw& diskless_delay_;
  Draw& backlog_;
  Draw& in_service_;
  Draw& key_size_;
  Draw& key_slots_;
  Draw& fsync_;
  Draw& writable_delay_;
  Draw& min_replicas_;
  Draw& max_lag_;
  RedisGossip gossip_;
  RandomStream pings_;
  RandomStream ticks_;
  RandomStream copies_;
  RandomStream names_;
  std::vector<int> members_;             // room for agree()
  std::vector<int> first_owned_;         // room for agree()
  std::string heard_;                    // room for agree()
  const WorkloadModel* home_ = nullptr;  // alone: whose pods are the server
};

}  // namespace drdrill::models
