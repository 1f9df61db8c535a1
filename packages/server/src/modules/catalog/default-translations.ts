/** Titles and descriptions of some items of the default catalog in other languages. */
import type { PricedOffer } from "./offer.ts";

/** What a locale shows in place of an item's own texts. */
export interface Translation {
  productId: string;
  /** null: the product itself. */
  skuId: string | null;
  locale: string;
  title: string;
  description: string;
}

const locales = ["de-DE", "fr-FR", "ja-JP", "es-ES"] as const;
type Locale = (typeof locales)[number];
type Texts = Readonly<Record<Locale, readonly [title: string, description: string]>>;

const products: Readonly<Record<string, Texts>> = {
  DZH318Z0KT01: {
    "de-DE": ["Virtuelle Computer der BS-Serie", "Kleine Computer zum Ausprobieren, für ein Jahr."],
    "fr-FR": ["Machines virtuelles série BS", "Petites machines pour des essais, pendant un an."],
    "ja-JP": ["BS シリーズの仮想マシン", "試用に向いた小型の仮想マシンを 1 年間予約します。"],
    "es-ES": ["Máquinas virtuales de la serie BS", "Máquinas pequeñas para pruebas, por un año."],
  },
  DZH318Z0KT02: {
    "de-DE": [
      "Virtuelle Computer der Dsv5-Serie",
      "Ausgewogene Computer für die meisten Aufgaben.",
    ],
    "fr-FR": ["Machines virtuelles série Dsv5", "Machines équilibrées pour la plupart des tâches."],
    "ja-JP": ["Dsv5 シリーズの仮想マシン", "ほとんどの用途に合う、バランスのよい仮想マシンです。"],
    "es-ES": ["Máquinas virtuales de la serie Dsv5", "Máquinas equilibradas para casi toda tarea."],
  },
  DG7GMGF0KT01: {
    "de-DE": [
      "Windows Server Standard 2025",
      "Serverlizenz nach Kernen, mit zwei virtuellen Instanzen.",
    ],
    "fr-FR": ["Windows Server Standard 2025", "Licence par cœurs, avec deux instances virtuelles."],
    "ja-JP": [
      "Windows Server Standard 2025",
      "物理コア単位のサーバー ライセンス。仮想インスタンス 2 つ付き。",
    ],
    "es-ES": [
      "Windows Server Standard 2025",
      "Licencia por núcleos, con dos instancias virtuales.",
    ],
  },
  DG7GMGF0KT08: {
    "de-DE": ["Office LTSC Professional Plus 2024", "Desktopanwendungen für ein Gerät."],
    "fr-FR": ["Office LTSC Professional Plus 2024", "Applications de bureau pour un appareil."],
    "ja-JP": [
      "Office LTSC Professional Plus 2024",
      "1 台のデバイスで使うデスクトップ アプリです。",
    ],
    "es-ES": [
      "Office LTSC Professional Plus 2024",
      "Aplicaciones de escritorio para un dispositivo.",
    ],
  },
  DG7GMGF0KT41: {
    "de-DE": ["Windows Server Standard, Abonnement", "Serverlizenz nach Kernen, auf Zeit."],
    "fr-FR": ["Windows Server Standard, abonnement", "Licence par cœurs, pour une durée donnée."],
    "ja-JP": ["Windows Server Standard サブスクリプション", "物理コア単位の期間ライセンスです。"],
    "es-ES": ["Windows Server Standard, suscripción", "Licencia por núcleos, por un tiempo."],
  },
  DZH318Z0BPS6: {
    "de-DE": ["Azure-Plan", "Azure zu Nutzungspreisen. Der Plan selbst kostet nichts."],
    "fr-FR": ["Plan Azure", "Azure facturé à l'usage. Le plan lui-même est gratuit."],
    "ja-JP": ["Azure プラン", "Azure を従量課金で利用します。プラン自体は無料です。"],
    "es-ES": ["Plan de Azure", "Azure a precios de uso. El plan en sí no cuesta nada."],
  },
};

const years: Readonly<Record<Locale, (count: number) => string>> = {
  "de-DE": (count) => (count === 1 ? "1 Jahr" : `${count} Jahre`),
  "fr-FR": (count) => (count === 1 ? "1 an" : `${count} ans`),
  "ja-JP": (count) => `${count} 年`,
  "es-ES": (count) => (count === 1 ? "1 año" : `${count} años`),
};

const reserved: Readonly<Record<Locale, readonly [instance: string, words: string]>> = {
  "de-DE": ["Reservierte VM-Instanz", "Reservierte Kapazität"],
  "fr-FR": ["Instance de machine virtuelle réservée", "Capacité réservée"],
  "ja-JP": ["予約 VM インスタンス", "予約容量"],
  "es-ES": ["Instancia de máquina virtual reservada", "Capacidad reservada"],
};

/** The translations of the products above, and of their SKUs, as far as the offers have them. */
export function defaultTranslations(offers: readonly PricedOffer[]): Translation[] {
  const skus = new Map(
    offers.map((offer) => [`${offer.product.id}:${offer.sku.id}`, offer] as const),
  );
  const ofProducts = Object.entries(products).flatMap(([productId, texts]) =>
    locales.map((locale) => {
      const [title, description] = texts[locale];
      return { productId, skuId: null, locale, title, description };
    }),
  );
  return [...ofProducts, ...[...skus.values()].flatMap(skuTranslations)];
}

function skuTranslations({ product, sku }: PricedOffer): Translation[] {
  const texts = products[product.id];
  if (!texts) return [];
  return locales.map((locale) => {
    const [title, description] = texts[locale];
    const ids = { productId: product.id, skuId: sku.id, locale };
    const { armSkuName, region, duration } = sku.dynamicAttributes;
    // Other SKUs carry a name of the vendor's, or the title of their product.
    if (!duration)
      return { ...ids, title: sku.title === product.title ? title : sku.title, description };
    const [instance, words] = reserved[locale];
    const term = years[locale](Number.parseInt(duration, 10));
    return {
      ...ids,
      title: `${instance}, ${armSkuName}, ${region}, ${term}`,
      description: `${words}: ${armSkuName}, ${region}, ${term}`,
    };
  });
}
