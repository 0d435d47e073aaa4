import CheckoutSteps

/// What the seeded shop is made of: names of people, and for each shelf what stands on it and what it costs.
enum ShopWords {
  static let firstNames = [
    "Ada", "Amir", "Anna", "Ben", "Carla", "Chen", "Clara", "Daniel", "Elif", "Emma", "Farid", "Felix", "Grace", "Hannah",
    "Ines", "Ivan", "Jana", "Jonas", "Karim", "Lea", "Lin", "Louis", "Maja", "Marta", "Mateo", "Mia", "Nadia", "Noah",
    "Olga", "Omar", "Paul", "Priya", "Rosa", "Samir", "Sofia", "Tariq", "Theo", "Vera", "Yuki", "Zoe",
  ]
  static let lastNames = [
    "Adler", "Almeida", "Bauer", "Berg", "Castillo", "Costa", "Dahl", "Demir", "Eriksen", "Fischer", "Fontaine", "Garcia",
    "Haas", "Hansen", "Ito", "Jansen", "Kaya", "Keller", "Kowalski", "Larsen", "Lindgren", "Marino", "Meyer", "Moreau",
    "Nguyen", "Novak", "Okafor", "Olsen", "Petrov", "Rossi", "Santos", "Schmidt", "Silva", "Singh", "Tanaka", "Vogel",
    "Weber", "Wong", "Yilmaz", "Zimmer",
  ]

  static let styles = [
    "Alpine", "Baltic", "Classic", "Compact", "Copenhagen", "Everyday", "Folding", "Harbour", "Heritage", "Lisbon", "Meadow",
    "Mini", "Modern", "Nordic", "Oslo", "Pocket", "Prague", "Rustic", "Slim", "Studio", "Summer", "Travel", "Urban", "Winter",
  ]

  struct Shelf {
    let category: Category
    /// First letters of the numbers on the parcels.
    let prefix: String
    let taxBasisPoints: Int
    let materials: [String]
    /// Things, and the lowest and the highest price of one in cents.
    let things: [(name: String, cents: ClosedRange<Int>)]
  }

  static let shelves = [
    Shelf(
      category: .audio, prefix: "AUD", taxBasisPoints: 19_00, materials: ["Black", "Walnut", "Silver", "White", "Blue"],
      things: [
        ("Headphones", 29_00...249_00), ("Loudspeaker", 49_00...399_00), ("Record Player", 99_00...449_00),
        ("Radio", 24_00...149_00), ("Earphones", 9_00...129_00), ("Microphone", 39_00...219_00),
      ]),
    Shelf(
      category: .books, prefix: "BOO", taxBasisPoints: 7_00,
      materials: ["Illustrated", "Annotated", "Paperback", "Hardcover", "Large-Print"],
      things: [
        ("Atlas", 19_00...59_00), ("Cookbook", 12_00...39_00), ("Garden Guide", 9_00...29_00), ("Novel", 8_00...24_00),
        ("Poems", 7_00...19_00), ("Travel Diary", 6_00...22_00),
      ]),
    Shelf(
      category: .garden, prefix: "GAR", taxBasisPoints: 19_00,
      materials: ["Zinc", "Terracotta", "Beech", "Steel", "Willow"],
      things: [
        ("Watering Can", 9_00...45_00), ("Planter", 6_00...79_00), ("Trowel", 4_00...24_00), ("Bird House", 12_00...59_00),
        ("Bench", 89_00...349_00), ("Hose", 14_00...69_00),
      ]),
    Shelf(
      category: .kitchen, prefix: "KIT", taxBasisPoints: 19_00,
      materials: ["Cast-Iron", "Copper", "Glass", "Oak", "Stoneware"],
      things: [
        ("Teapot", 14_00...69_00), ("Frying Pan", 19_00...119_00), ("Cutting Board", 9_00...59_00), ("Bowl", 4_00...29_00),
        ("Kettle", 24_00...99_00), ("Coffee Mill", 19_00...189_00),
      ]),
    Shelf(
      category: .lighting, prefix: "LIG", taxBasisPoints: 19_00, materials: ["Brass", "Paper", "Oak", "Linen", "Opal"],
      things: [
        ("Desk Lamp", 24_00...149_00), ("Floor Lamp", 59_00...299_00), ("Pendant", 39_00...249_00),
        ("Lantern", 9_00...49_00), ("Wall Lamp", 19_00...119_00), ("Reading Light", 8_00...39_00),
      ]),
    Shelf(
      category: .office, prefix: "OFF", taxBasisPoints: 19_00, materials: ["Leather", "Cork", "Felt", "Birch", "Recycled"],
      things: [
        ("Notebook", 3_00...24_00), ("Pencil Case", 5_00...34_00), ("Desk Tray", 9_00...49_00), ("Stapler", 6_00...29_00),
        ("Office Chair", 129_00...499_00), ("Paper Bin", 7_00...39_00),
      ]),
    Shelf(
      category: .sports, prefix: "SPO", taxBasisPoints: 19_00, materials: ["Carbon", "Bamboo", "Rubber", "Canvas", "Merino"],
      things: [
        ("Yoga Mat", 14_00...79_00), ("Racket", 24_00...189_00), ("Skipping Rope", 4_00...19_00), ("Rucksack", 29_00...179_00),
        ("Water Bottle", 7_00...34_00), ("Running Belt", 9_00...29_00),
      ]),
    Shelf(
      category: .toys, prefix: "TOY", taxBasisPoints: 19_00, materials: ["Wooden", "Knitted", "Tin", "Paper", "Magnetic"],
      things: [
        ("Kite", 9_00...49_00), ("Train", 14_00...89_00), ("Puzzle", 6_00...34_00), ("Building Blocks", 12_00...69_00),
        ("Puppet", 8_00...39_00), ("Spinning Top", 3_00...14_00),
      ]),
  ]
}
