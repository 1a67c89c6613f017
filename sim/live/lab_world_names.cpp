#include <random>

#include "sim/live/clients/questions.hpp"
#include "sim/live/lab_world_parts.hpp"

/// Where a lab's clients go: to the region that the platform's name leads each of them to.
namespace drdrill::live {
namespace {

/// More do not make the moment of the last one's answer any better known (estimate).
constexpr std::size_t most_clients = 50;

/// What one client sees.
class ClientDirectory final : public Directory {
 public:
  using ClusterFor = std::function<std::optional<std::size_t>()>;
  ClientDirectory(const Lab& lab, ClusterFor cluster) : lab_(lab), cluster_(std::move(cluster)) {}

  std::vector<Endpoint> endpoints(std::string_view service) const override {
    const auto cluster = cluster_();
    return cluster ? lab_.endpoints(service, *cluster) : std::vector<Endpoint>();
  }

 private:
  const Lab& lab_;
  ClusterFor cluster_;
};

/// The same question, from one client after the other.
class QuestionInTurn final : public Question {
 public:
  QuestionInTurn(std::vector<std::unique_ptr<Question>> questions,
                 std::shared_ptr<std::atomic<std::size_t>> turn)
      : questions_(std::move(questions)), turn_(std::move(turn)) {}

  Reply prepare(Deadline deadline) override { return questions_.front()->prepare(deadline); }
  Reply ask(Deadline deadline) override {
    return questions_[(*turn_)++ % questions_.size()]->ask(deadline);
  }
  void disconnect() override {
    for (const auto& question : questions_) question->disconnect();
  }

 private:
  std::vector<std::unique_ptr<Question>> questions_;
  std::shared_ptr<std::atomic<std::size_t>> turn_;
};

}  // namespace

/// As many as there are people on the platform.
void LabWorld::start_name_users() {
  const LoadSpec& load = platform_.load;
  const auto people = static_cast<std::size_t>(load.meetings) *
                      static_cast<std::size_t>(load.participants_per_meeting);
  users_ = std::make_unique<NameUsers>(*lab_->name_server(), platform_.entry.hostname,
                                       std::min(people, most_clients), std::random_device{}());
  for (std::size_t number = 0; number < users_->size(); ++number)
    clients_.push_back(
        std::make_unique<ClientDirectory>(*lab_, [this, number] { return cluster_for(number); }));
}

/// Nothing: nowhere.
std::optional<std::size_t> LabWorld::cluster_for(std::size_t number) const {
  return lab_->cluster_at(users_->address_for(number));
}

/// Where most clients go, as every world has it; the last one, when that is nowhere.
std::size_t LabWorld::cluster_in_use() const {
  if (!users_) return 0;
  std::vector<std::size_t> counts(platform_.clusters.size());
  for (std::size_t number = 0; number < users_->size(); ++number)
    if (const auto cluster = cluster_for(number)) ++counts[*cluster];
  for (std::size_t c = 0; c < counts.size(); ++c)
    if (2 * counts[c] > users_->size()) in_use_ = c;
  return in_use_;
}

/// The platform as a whole: where it is used.
std::vector<Endpoint> LabWorld::endpoints(std::string_view service) const {
  return lab_->endpoints(service, cluster_in_use());
}

/// What a client of the platform's name sees.
const Directory& LabWorld::client(std::size_t number) const {
  if (clients_.empty()) return *this;
  return *clients_[number % clients_.size()];
}

std::unique_ptr<Question> LabWorld::from_all_clients(
    const std::function<std::unique_ptr<Question>(const Directory&)>& question,
    const std::shared_ptr<std::atomic<std::size_t>>& turn) const {
  if (clients_.empty()) return question(*this);
  std::vector<std::unique_ptr<Question>> questions;
  for (const auto& client : clients_) questions.push_back(question(*client));
  return std::make_unique<QuestionInTurn>(std::move(questions), turn);
}

}  // namespace drdrill::live
