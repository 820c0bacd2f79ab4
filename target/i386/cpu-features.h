/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What CPUID tells, as tables: which register holds what, the names of the
 * bits, and the models that -cpu knows.
 */
#ifndef I386_CPU_FEATURES_H
#define I386_CPU_FEATURES_H

/* A word is one register of one CPUID leaf. */
typedef enum FeatureWord {
    FEAT_1_EDX,
    FEAT_1_ECX,
    FEAT_7_0_EBX,
    FEAT_7_0_ECX,
    FEAT_7_0_EDX,
    FEAT_7_1_EAX,
    FEAT_8000_0001_EDX,
    FEAT_8000_0001_ECX,
    FEAT_8000_0007_EDX,
    FEAT_8000_0008_EBX,
    FEAT_C000_0001_EDX,
    FEAT_KVM,
    FEAT_KVM_HINTS,
    FEAT_SVM,
    FEAT_XSAVE,
    FEAT_6_EAX,
    FEATURE_WORDS,
} FeatureWord;

typedef enum CPUIDRegister {
    CPUID_EAX,
    CPUID_ECX,
    CPUID_EDX,
    CPUID_EBX,
} CPUIDRegister;

typedef struct FeatureWordInfo {
    uint32_t eax;
    bool needs_ecx;
    uint32_t ecx;
    CPUIDRegister reg;
} FeatureWordInfo;

extern const FeatureWordInfo x86_feature_words[FEATURE_WORDS];

/* "sse4.2" is bit 20 of FEAT_1_ECX. */
typedef struct X86Feature {
    const char *name;
    uint8_t word;
    uint8_t bit;
} X86Feature;

extern const X86Feature x86_features[];
extern const int x86_features_count;

typedef struct X86CPUModel {
    const char *name;
    const char *desc;           /* of -cpu help */
    const char *vendor;         /* twelve characters */
    const char *model_id;
    uint32_t level;             /* highest basic leaf */
    uint32_t xlevel;            /* highest extended leaf */
    int family;
    int model;
    int stepping;
    uint32_t features[FEATURE_WORDS];
} X86CPUModel;

/* Tables that end with an entry without name; the list ends with NULL. */
extern const X86CPUModel x86_cpu_models_amd[];
extern const X86CPUModel x86_cpu_models_intel_1[];
extern const X86CPUModel x86_cpu_models_intel_2[];
extern const X86CPUModel *const x86_cpu_model_tables[];

/* Another name of a model. */
typedef struct X86CPUAlias {
    const char *name;
    const char *target;
} X86CPUAlias;

extern const X86CPUAlias x86_cpu_aliases[];
extern const int x86_cpu_aliases_count;

#endif
