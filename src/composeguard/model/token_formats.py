"""Formats of keys and tokens that tell by themselves what they are, each with the page that describes it.

Every pattern begins with fixed characters and repeats with a bound, so that a search is linear in its text.
"""

from __future__ import annotations

from msgspec import Struct


class Shape(Struct, frozen=True):
    """A format. `name` reads after "holds"; `pattern` has no groups that are captured."""

    name: str
    pattern: str
    source: str


_B64 = "[A-Za-z0-9+/]"
_B64URL = "[A-Za-z0-9_-]"

SHAPES = (
    # clouds
    Shape(
        "an AWS access key ID",
        r"(?:AKIA|ASIA)[A-Z2-7]{16}",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids",
    ),
    Shape(
        "a Google API key",
        rf"AIza{_B64URL}{{35}}",
        "https://cloud.google.com/docs/authentication/api-keys",
    ),
    Shape(
        "a Google OAuth client secret",
        rf"GOCSPX-{_B64URL}{{28}}",
        "https://support.google.com/cloud/answer/6158849",
    ),
    Shape(
        "the key of an Azure storage account",
        rf"AccountKey={_B64}{{86}}==",
        "https://learn.microsoft.com/en-us/azure/storage/common/storage-configure-connection-string",
    ),
    Shape(
        "a shared access key of Azure",
        rf"SharedAccessKey={_B64}{{43}}=",
        "https://learn.microsoft.com/en-us/azure/service-bus-messaging/service-bus-sas",
    ),
    Shape(
        "a token of DigitalOcean",
        r"do[opr]_v1_[0-9a-f]{64}",
        "https://docs.digitalocean.com/reference/api/create-personal-access-token/",
    ),
    Shape(
        "the token of a Cloudflare tunnel",
        rf"eyJhIjoi{_B64}{{100,400}}={{0,2}}",
        "https://developers.cloudflare.com/cloudflare-one/connections/connect-networks/configure-tunnels/remote-tunnel-permissions/",
    ),
    Shape(
        "an auth key of Tailscale",
        r"tskey-(?:auth|api|client|scim|webhook)-[A-Za-z0-9]{5,40}-[A-Za-z0-9]{20,60}",
        "https://tailscale.com/kb/1277/key-prefixes",
    ),
    Shape(
        "a token of Databricks",
        r"dapi[0-9a-f]{32}(?:-[0-9])?",
        "https://docs.databricks.com/en/dev-tools/auth/pat.html",
    ),
    # forges and registries
    Shape(
        "a token of GitHub",
        r"gh[pousr]_[A-Za-z0-9]{36,255}",
        "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats",
    ),
    Shape(
        "a token of GitHub",
        r"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}",
        "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats",
    ),
    Shape(
        "a token of GitLab",
        rf"gl(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|imt|agent|soat|ffct)-{_B64URL}{{20,300}}",
        "https://docs.gitlab.com/security/tokens/#token-prefixes",
    ),
    Shape(
        "a token of npm",
        r"npm_[A-Za-z0-9]{36}",
        "https://github.blog/changelog/2021-09-23-npm-has-a-new-access-token-format/",
    ),
    Shape(
        "a token of PyPI",
        rf"pypi-AgE{_B64URL}{{50,500}}",
        "https://pypi.org/help/#apitoken",
    ),
    Shape(
        "a token of Docker Hub",
        rf"dckr_(?:pat|oat)_{_B64URL}{{20,64}}",
        "https://docs.docker.com/security/access-tokens/",
    ),
    Shape(
        "a token of Atlassian",
        rf"ATATT3{_B64URL}{{100,300}}={_B64URL}{{8}}",
        "https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/",
    ),
    # chat and mail
    Shape(
        "a token of Slack",
        r"xox[abeoprs](?:\.xox[bp])?-[A-Za-z0-9-]{20,255}|xapp-[0-9]-[A-Za-z0-9-]{20,255}",
        "https://docs.slack.dev/authentication/tokens/",
    ),
    Shape(
        "a webhook of Slack",
        r"https://hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/]{30,120}",
        "https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/",
    ),
    Shape(
        "a webhook of Discord",
        rf"https://(?:canary\.|ptb\.)?discord(?:app)?\.com/api/(?:v[0-9]{{1,2}}/)?webhooks/[0-9]{{17,20}}/{_B64URL}{{60,80}}",
        "https://discord.com/developers/docs/resources/webhook",
    ),
    Shape(
        "the token of a Discord bot",
        rf"[MNO][A-Za-z0-9_-]{{23,27}}\.{_B64URL}{{6}}\.{_B64URL}{{27,38}}",
        "https://discord.com/developers/docs/reference#authentication",
    ),
    Shape(
        "the token of a Telegram bot",
        rf"[0-9]{{8,10}}:AA{_B64URL}{{33}}",
        "https://core.telegram.org/bots/api#authorizing-your-bot",
    ),
    Shape(
        "a webhook of Microsoft Teams",
        r"https://[a-z0-9-]{1,63}\.webhook\.office\.com/webhookb2/[A-Za-z0-9@/-]{80,300}",
        "https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook",
    ),
    Shape(
        "an API key of SendGrid",
        rf"SG\.{_B64URL}{{22}}\.{_B64URL}{{43}}",
        "https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys",
    ),
    Shape(
        "an API key of Mailgun",
        r"key-[0-9a-f]{32}",
        "https://documentation.mailgun.com/docs/mailgun/api-reference/mg-auth",
    ),
    Shape(
        "an API key of Mailchimp",
        r"[0-9a-f]{32}-us[0-9]{1,2}",
        "https://mailchimp.com/developer/marketing/guides/quick-start/",
    ),
    # payment and shops
    Shape(
        "a live key of Stripe",
        r"(?:sk|rk)_live_[A-Za-z0-9]{20,247}",
        "https://docs.stripe.com/keys",
    ),
    Shape(
        "a webhook secret of Stripe",
        r"whsec_[A-Za-z0-9]{32,64}",
        "https://docs.stripe.com/webhooks/signature",
    ),
    Shape(
        "a token of Square",
        rf"sq0(?:atp|csp)-{_B64URL}{{22,43}}",
        "https://developer.squareup.com/docs/build-basics/access-tokens",
    ),
    Shape(
        "a token of Shopify",
        r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}",
        "https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens",
    ),
    # models
    Shape(
        "an API key of OpenAI",
        rf"sk-(?:(?:proj|svcacct|admin)-)?{_B64URL}{{20,150}}T3BlbkFJ{_B64URL}{{20,150}}",
        "https://platform.openai.com/docs/api-reference/authentication",
    ),
    Shape(
        "an API key of Anthropic",
        rf"sk-ant-(?:api|admin|oat)[0-9]{{2}}-{_B64URL}{{80,120}}",
        "https://docs.anthropic.com/en/api/overview#authentication",
    ),
    Shape(
        "an API key of OpenRouter",
        r"sk-or-v1-[0-9a-f]{64}",
        "https://openrouter.ai/docs/api-reference/authentication",
    ),
    Shape(
        "a token of Hugging Face",
        r"hf_[A-Za-z]{34}",
        "https://huggingface.co/docs/hub/security-tokens",
    ),
    Shape(
        "an API key of Groq",
        r"gsk_[A-Za-z0-9]{52}",
        "https://console.groq.com/docs/quickstart",
    ),
    Shape(
        "a token of Replicate",
        r"r8_[A-Za-z0-9]{37}",
        "https://replicate.com/docs/topics/security/api-tokens",
    ),
    # operations
    Shape(
        "a token of Vault",
        rf"hv[bsr]\.{_B64URL}{{24,300}}",
        "https://developer.hashicorp.com/vault/docs/concepts/tokens#token-prefixes",
    ),
    Shape(
        "a token of HCP Terraform",
        rf"[A-Za-z0-9]{{14}}\.atlasv1\.{_B64URL}{{60,70}}",
        "https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens",
    ),
    Shape(
        "a token of Grafana",
        r"glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}|glc_[A-Za-z0-9+/]{32,400}={0,2}",
        "https://grafana.com/docs/grafana/latest/administration/service-accounts/",
    ),
    Shape(
        "a key of New Relic",
        r"NRAK-[A-Z0-9]{27}|(?:eu01xx)?[0-9a-f]{30,36}(?:FFFF)?NRAL",
        "https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/",
    ),
    Shape(
        "a token of Sentry",
        r"sntry[su]_[A-Za-z0-9+/=_-]{60,400}",
        "https://docs.sentry.io/account/auth-tokens/",
    ),
    Shape(
        "a token of Pulumi",
        r"pul-[0-9a-f]{40}",
        "https://www.pulumi.com/docs/pulumi-cloud/access-management/access-tokens/",
    ),
    Shape(
        "a token of Doppler",
        r"dp\.(?:pt|st|ct|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}",
        "https://docs.doppler.com/reference/auth-token-formats",
    ),
    Shape(
        "a token of 1Password",
        rf"ops_eyJ{_B64URL}{{200,2000}}",
        "https://developer.1password.com/docs/service-accounts/",
    ),
    Shape(
        "a token of Supabase",
        r"sbp_[0-9a-f]{40}|sb_secret_[A-Za-z0-9_-]{20,60}",
        "https://supabase.com/docs/guides/api/api-keys",
    ),
    Shape(
        "a token of Notion",
        r"ntn_[A-Za-z0-9]{40,60}",
        "https://developers.notion.com/changelog/were-updating-the-format-of-notion-api-tokens",
    ),
    Shape(
        "an API key of Linear",
        r"lin_(?:api|oauth)_[A-Za-z0-9]{32,64}",
        "https://linear.app/developers/graphql#personal-api-keys",
    ),
    Shape(
        "an API key of Postman",
        r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}",
        "https://learning.postman.com/docs/developer/postman-api/authentication/",
    ),
    # formats of no one in particular
    Shape(
        "a private key",
        r"-----BEGIN (?:(?:RSA|DSA|EC|OPENSSH|ENCRYPTED|PGP|SSH2 ENCRYPTED) )?PRIVATE KEY(?: BLOCK)?-----"
        r"[^-]{40,20000}(?:-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----)?",
        "https://www.rfc-editor.org/rfc/rfc7468#section-10",
    ),
    Shape(
        "a private key of PuTTY",
        r"PuTTY-User-Key-File-[23]:",
        "https://the.earth.li/~sgtatham/putty/latest/htmldoc/AppendixC.html",
    ),
    Shape(
        "a private key of age",
        r"AGE-SECRET-KEY-1[0-9A-Z]{58}",
        "https://github.com/C2SP/C2SP/blob/main/age.md",
    ),
    Shape(
        "a JSON web token",
        rf"eyJ{_B64URL}{{10,2000}}\.eyJ{_B64URL}{{10,8000}}\.{_B64URL}{{20,2000}}",
        "https://www.rfc-editor.org/rfc/rfc7519#section-3",
    ),
)
