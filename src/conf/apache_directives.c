/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The directives of Apache 2.4's own modules, to tell a directive that Drover
 * lacks from one that nobody knows.  A list of facts: a name that has a row in
 * Drover is not looked up here, so nothing is to be removed when a row comes.
 */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "base/span.h"
#include "conf/apache_directives.h"

/*
 * decides: whether it has a say in who may see what, what a URL leads to, what
 * is sent, or as whom the server runs.  Names that begin with < are sections.
 */
static const struct {
	const char *module;
	bool decides;
	const char *names;
} modules[] = {
	{ "core", true,
	    "<Directory <DirectoryMatch <Else <ElseIf <Files <FilesMatch "
	    "<If <IfDefine <IfDirective <IfFile <IfModule <IfSection <Limit "
	    "<LimitExcept <Location <LocationMatch <VirtualHost "
	    "AccessFileName AllowOverride AllowOverrideList Define "
	    "DocumentRoot ErrorDocument ErrorLog ForceType Include "
	    "IncludeOptional MergeSlashes Options ServerAlias ServerName "
	    "ServerPath ServerRoot SetHandler SetInputFilter "
	    "SetOutputFilter RegexDefaultOptions StrictHostCheck "
	    "UnDefine" },
	{ "core", false,
	    "AcceptFilter AcceptMutex AcceptPathInfo AddDefaultCharset "
	    "AllowEncodedSlashes CGIPassAuth CGIVar ContentDigest CookieLog "
	    "CoreDumpDirectory DefaultRuntimeDir DefaultType EnableMMAP "
	    "EnableSendfile Error ErrorLogFormat ExtendedStatus FileETag "
	    "FlushMaxPipelined FlushMaxThreshold HostnameLookups "
	    "HttpProtocolOptions KeepAlive KeepAliveTimeout "
	    "LimitInternalRecursion LimitRequestBody LimitRequestFields "
	    "LimitRequestFieldsize LimitRequestLine LimitXMLRequestBody "
	    "LockFile LogLevel MaxConnectionsPerChild MaxKeepAliveRequests "
	    "MaxMemFree MaxRangeOverlaps MaxRangeReversals MaxRanges "
	    "MaxRequestsPerChild MergeTrailers Mutex NameVirtualHost "
	    "PidFile Port Protocol Protocols ProtocolsHonorOrder "
	    "QualifyRedirectURL ReadBufferSize "
	    "RegisterHttpMethod RLimitCPU RLimitMEM RLimitNPROC "
	    "ScoreBoardFile SeeRequestTail ServerAdmin ServerSignature "
	    "ServerTokens ThreadStackSize Timeout "
	    "TraceEnable UseCanonicalName UseCanonicalPhysicalPort" },
	{ "mod_access_compat", true, "allow deny order Satisfy" },
	{ "mod_actions", true, "Action Script" },
	{ "mod_alias", true,
	    "Alias AliasMatch Redirect RedirectMatch RedirectPermanent "
	    "RedirectTemp ScriptAlias ScriptAliasMatch" },
	{ "mod_alias", false, "AliasPreservePath RedirectRelative" },
	{ "mod_allowmethods", true, "AllowMethods" },
	{ "mod_auth_basic", true,
	    "AuthBasicAuthoritative AuthBasicFake AuthBasicProvider "
	    "AuthBasicUseDigestAlgorithm" },
	{ "mod_auth_digest", true,
	    "AuthDigestAlgorithm AuthDigestDomain AuthDigestNcCheck "
	    "AuthDigestNonceLifetime AuthDigestProvider AuthDigestQop "
	    "AuthDigestShmemSize" },
	{ "mod_auth_form", true,
	    "AuthFormAuthoritative AuthFormBody AuthFormDisableNoStore "
	    "AuthFormFakeBasicAuth AuthFormLocation "
	    "AuthFormLoginRequiredLocation AuthFormLoginSuccessLocation "
	    "AuthFormLogoutLocation AuthFormMethod AuthFormMimetype "
	    "AuthFormPassword AuthFormProvider AuthFormSitePassphrase "
	    "AuthFormSize AuthFormUsername" },
	{ "mod_authn_anon", true,
	    "Anonymous Anonymous_LogEmail Anonymous_MustGiveEmail "
	    "Anonymous_NoUserId Anonymous_VerifyEmail" },
	{ "mod_authn_core", true, "<AuthnProviderAlias AuthName AuthType" },
	{ "mod_authn_dbd", true, "AuthDBDUserPWQuery AuthDBDUserRealmQuery" },
	{ "mod_authn_dbm", true, "AuthDBMType AuthDBMUserFile" },
	{ "mod_authn_file", true, "AuthUserFile" },
	{ "mod_authn_socache", true,
	    "AuthnCacheContext AuthnCacheEnable AuthnCacheProvideFor "
	    "AuthnCacheSOCache AuthnCacheTimeout" },
	{ "mod_authnz_fcgi", true,
	    "AuthnzFcgiCheckAuthnProvider AuthnzFcgiDefineProvider" },
	{ "mod_authnz_ldap", true,
	    "AuthLDAPAuthorizePrefix AuthLDAPBindAuthoritative "
	    "AuthLDAPBindDN AuthLDAPBindPassword AuthLDAPCharsetConfig "
	    "AuthLDAPCompareAsUser AuthLDAPCompareDNOnServer "
	    "AuthLDAPDereferenceAliases AuthLDAPGroupAttribute "
	    "AuthLDAPGroupAttributeIsDN AuthLDAPInitialBindAsUser "
	    "AuthLDAPInitialBindPattern AuthLDAPMaxSubGroupDepth "
	    "AuthLDAPRemoteUserAttribute AuthLDAPRemoteUserIsDN "
	    "AuthLDAPSearchAsUser AuthLDAPSubGroupAttribute "
	    "AuthLDAPSubGroupClass AuthLDAPURL" },
	{ "mod_authz_core", true,
	    "<AuthzProviderAlias <RequireAll <RequireAny <RequireNone "
	    "AuthMerging AuthzSendForbiddenOnFailure Require" },
	{ "mod_authz_dbd", true,
	    "AuthzDBDLoginToReferer AuthzDBDQuery AuthzDBDRedirectQuery" },
	{ "mod_authz_dbm", true, "AuthDBMGroupFile AuthzDBMType" },
	{ "mod_authz_groupfile", true, "AuthGroupFile" },
	{ "mod_autoindex", false,
	    "AddAlt AddAltByEncoding AddAltByType AddDescription AddIcon "
	    "AddIconByEncoding AddIconByType DefaultIcon FancyIndexing "
	    "HeaderName IndexHeadInsert IndexIgnore IndexIgnoreReset "
	    "IndexOptions IndexOrderDefault IndexStyleSheet ReadmeName" },
	{ "mod_brotli", false,
	    "BrotliAlterETag BrotliCompressionMaxInputBlock "
	    "BrotliCompressionQuality BrotliCompressionWindow "
	    "BrotliFilterNote" },
	{ "mod_buffer", false, "BufferSize" },
	{ "mod_cache", false,
	    "CacheDefaultExpire CacheDetailHeader CacheDisable CacheEnable "
	    "CacheHeader CacheIgnoreCacheControl CacheIgnoreHeaders "
	    "CacheIgnoreNoLastMod CacheIgnoreQueryString "
	    "CacheIgnoreURLSessionIdentifiers CacheKeyBaseURL "
	    "CacheLastModifiedFactor CacheLock CacheLockMaxAge "
	    "CacheLockPath CacheMaxExpire CacheMinExpire CacheQuickHandler "
	    "CacheStaleOnError CacheStoreExpired CacheStoreNoStore "
	    "CacheStorePrivate" },
	{ "mod_cache_disk", false,
	    "CacheDirLength CacheDirLevels CacheMaxFileSize "
	    "CacheMinFileSize CacheReadSize CacheReadTime CacheRoot" },
	{ "mod_cache_socache", false,
	    "CacheSocache CacheSocacheMaxSize CacheSocacheMaxTime "
	    "CacheSocacheMinTime CacheSocacheReadSize CacheSocacheReadTime" },
	{ "mod_cern_meta", true, "MetaDir MetaFiles MetaSuffix" },
	{ "mod_cgid", false,
	    "CGIDScriptTimeout ScriptLog ScriptLogBuffer ScriptLogLength "
	    "ScriptSock" },
	{ "mod_charset_lite", true,
	    "CharsetDefault CharsetOptions CharsetSourceEnc" },
	{ "mod_dav", true,
	    "DAV DAVBasePath DAVDepthInfinity DAVLockDiscovery "
	    "DAVMinTimeout" },
	{ "mod_dav_fs", false, "DAVLockDB" },
	{ "mod_dav_lock", false, "DAVGenericLockDB" },
	{ "mod_dbd", false,
	    "DBDExptime DBDInitSQL DBDKeep DBDMax DBDMin DBDParams "
	    "DBDPersist DBDPrepareSQL DBDriver" },
	{ "mod_deflate", false,
	    "DeflateAlterEtag DeflateBufferSize DeflateCompressionLevel "
	    "DeflateFilterNote DeflateInflateLimitRequestBody "
	    "DeflateInflateRatioBurst DeflateInflateRatioLimit "
	    "DeflateMemLevel DeflateWindowSize" },
	{ "mod_dialup", false, "ModemStandard" },
	{ "mod_dir", true, "DirectoryIndex FallbackResource" },
	{ "mod_dir", false,
	    "DirectoryCheckHandler DirectoryIndexRedirect DirectorySlash" },
	{ "mod_dumpio", false, "DumpIOInput DumpIOOutput" },
	{ "mod_echo", true, "ProtocolEcho" },
	{ "mod_env", false, "PassEnv SetEnv UnsetEnv" },
	{ "mod_expires", false, "ExpiresActive ExpiresByType ExpiresDefault" },
	{ "mod_ext_filter", true, "ExtFilterDefine ExtFilterOptions" },
	{ "mod_file_cache", false, "cachefile mmapfile" },
	{ "mod_filter", true,
	    "AddOutputFilterByType FilterChain FilterDeclare FilterProtocol "
	    "FilterProvider FilterTrace" },
	{ "mod_headers", true, "Header" },
	{ "mod_headers", false, "RequestHeader" },
	{ "mod_heartbeat", false, "HeartbeatAddress" },
	{ "mod_heartmonitor", false,
	    "HeartbeatListen HeartbeatMaxServers HeartbeatStorage" },
	{ "mod_http2", false,
	    "H2CopyFiles H2Direct H2EarlyHint H2EarlyHints "
	    "H2MaxDataFrameLen H2MaxHeaderBlockLen H2MaxSessionStreams "
	    "H2MaxStreamErrors H2MaxWorkerIdleSeconds H2MaxWorkers "
	    "H2MinWorkers H2ModernTLSOnly H2OutputBuffering H2Padding "
	    "H2ProxyRequests H2Push H2PushDiarySize H2PushPriority "
	    "H2PushResource H2SerializeHeaders H2SessionExtraFiles "
	    "H2StreamMaxMemSize H2StreamTimeout H2TLSCoolDownSecs "
	    "H2TLSWarmUpSize H2Upgrade H2WebSockets H2WindowSize" },
	{ "mod_ident", false, "IdentityCheck IdentityCheckTimeout" },
	{ "mod_imagemap", false, "ImapBase ImapDefault ImapMenu" },
	{ "mod_include", true, "XBitHack" },
	{ "mod_include", false,
	    "SSIEndTag SSIErrorMsg SSIEtag SSILastModified "
	    "SSILegacyExprParser SSIStartTag SSITimeFormat SSIUndefinedEcho" },
	{ "mod_info", false, "AddModuleInfo" },
	{ "mod_lbmethod_heartbeat", false, "HeartbeatStorage" },
	{ "mod_ldap", false,
	    "LDAPCacheEntries LDAPCacheTTL LDAPConnectionPoolTTL "
	    "LDAPConnectionTimeout LDAPLibraryDebug LDAPOpCacheEntries "
	    "LDAPOpCacheTTL LDAPReferralHopLimit LDAPReferrals LDAPRetries "
	    "LDAPRetryDelay LDAPSharedCacheFile LDAPSharedCacheSize "
	    "LDAPTimeout LDAPTrustedClientCert LDAPTrustedGlobalCert "
	    "LDAPTrustedMode LDAPVerifyServerCert" },
	{ "mod_log_config", true, "CustomLog TransferLog" },
	{ "mod_log_config", false, "BufferedLogs GlobalLog LogFormat" },
	{ "mod_log_debug", false, "LogMessage" },
	{ "mod_log_forensic", false, "ForensicLog" },
	{ "mod_logio", false, "LogIOTrackTTFB" },
	{ "mod_lua", true,
	    "<LuaHookAccessChecker <LuaHookAuthChecker <LuaHookCheckUserID "
	    "<LuaHookFixups <LuaHookMapToStorage <LuaHookPreTranslateName "
	    "<LuaHookTranslateName <LuaHookTypeChecker <LuaQuickHandler "
	    "Lua_____ByteCodeHack LuaAuthzProvider LuaCodeCache "
	    "LuaHookAccessChecker LuaHookAuthChecker LuaHookCheckUserID "
	    "LuaHookFixups LuaHookInsertFilter LuaHookLog "
	    "LuaHookMapToStorage LuaHookPreTranslateName "
	    "LuaHookTranslateName LuaHookTypeChecker LuaInherit "
	    "LuaInputFilter LuaMapHandler LuaOutputFilter LuaPackageCPath "
	    "LuaPackagePath LuaQuickHandler LuaRoot LuaScope" },
	{ "mod_macro", true,
	    "<Macro MacroIgnoreBadNesting MacroIgnoreEmptyArgs UndefMacro "
	    "Use" },
	{ "mod_md", true, "MDRequireHttps" },
	{ "mod_md", false,
	    "<MDomain <MDomainSet MDActivationDelay MDBaseServer "
	    "MDCACertificateFile MDCAChallenges MDCertificateAgreement "
	    "MDCertificateAuthority MDCertificateCheck MDCertificateFile "
	    "MDCertificateKeyFile MDCertificateProtocol MDCertificateStatus "
	    "MDChallengeDns01 MDChallengeDns01Version MDCheckInterval "
	    "MDContactEmail MDDriveMode MDExternalAccountBinding "
	    "MDHttpProxy MDHttpProxyCACertificateFile MDInitialDelay "
	    "MDMatchNames MDMember MDMembers MDMessageCmd MDMustStaple "
	    "MDNotifyCmd MDomain MDPortMap MDPrivateKeys MDProfile "
	    "MDProfileMandatory MDRenewMode MDRenewViaARI MDRenewWindow "
	    "MDRetryDelay MDRetryFailover MDServerStatus MDStapleOthers "
	    "MDStapling MDStaplingKeepResponse MDStaplingRenewWindow "
	    "MDStoreDir MDStoreLocks MDWarnWindow" },
	{ "mod_mime", true, "AddHandler AddInputFilter AddOutputFilter" },
	{ "mod_mime", false,
	    "AddCharset AddEncoding AddLanguage AddType DefaultLanguage "
	    "ModMimeUsePathInfo MultiviewsMatch RemoveCharset "
	    "RemoveEncoding RemoveHandler RemoveInputFilter RemoveLanguage "
	    "RemoveOutputFilter RemoveType TypesConfig" },
	{ "mod_mime_magic", false, "MimeMagicFile" },
	{ "mod_negotiation", false,
	    "CacheNegotiatedDocs ForceLanguagePriority LanguagePriority" },
	/* Not Apache's own, but in many files.  What is mapped to PHP is not
	 * sent, whatever these say. */
	{ "mod_php", false,
	    "php_admin_flag php_admin_value php_flag php_value" },
	{ "mod_proxy", true,
	    "<Proxy <ProxyMatch BalancerGrowth BalancerInherit "
	    "BalancerMember BalancerPersist Proxy100Continue ProxyBlock "
	    "ProxyErrorOverride ProxyPass ProxyPassInherit "
	    "ProxyPassInterpolateEnv ProxyPassMatch ProxyPassReverse "
	    "ProxyPassReverseCookieDomain ProxyPassReverseCookiePath "
	    "ProxyRemote ProxyRemoteMatch ProxyRequests ProxySet "
	    "ProxySourceAddress" },
	{ "mod_proxy", false,
	    "NoProxy ProxyAddHeaders ProxyBadHeader ProxyDomain "
	    "ProxyIOBufferSize ProxyMaxForwards ProxyPreserveHost "
	    "ProxyReceiveBufferSize ProxyStatus ProxyTimeout ProxyVia" },
	{ "mod_proxy_connect", true, "AllowCONNECT" },
	{ "mod_proxy_express", true,
	    "ProxyExpressDBMFile ProxyExpressDBMType ProxyExpressEnable" },
	{ "mod_proxy_fcgi", true, "ProxyFCGIBackendType ProxyFCGISetEnvIf" },
	{ "mod_proxy_ftp", false,
	    "ProxyFtpDirCharset ProxyFtpEscapeWildcards "
	    "ProxyFtpListOnWildcard" },
	{ "mod_proxy_hcheck", true,
	    "ProxyHCExpr ProxyHCTemplate ProxyHCTPsize" },
	{ "mod_proxy_html", true, "ProxyHTMLEnable ProxyHTMLURLMap" },
	{ "mod_proxy_html", false,
	    "ProxyHTMLBufSize ProxyHTMLCharsetOut ProxyHTMLDoctype "
	    "ProxyHTMLEvents ProxyHTMLExtended ProxyHTMLFixups "
	    "ProxyHTMLInterp ProxyHTMLLinks ProxyHTMLMeta "
	    "ProxyHTMLStripComments" },
	{ "mod_proxy_scgi", true,
	    "ProxySCGIInternalRedirect ProxySCGISendfile" },
	{ "mod_proxy_wstunnel", true, "ProxyWebsocketFallbackToProxyHttp" },
	{ "mod_reflector", true, "ReflectorHeader" },
	{ "mod_remoteip", true,
	    "RemoteIPHeader RemoteIPInternalProxy RemoteIPInternalProxyList "
	    "RemoteIPProxiesHeader RemoteIPProxyProtocol "
	    "RemoteIPProxyProtocolExceptions RemoteIPTrustedProxy "
	    "RemoteIPTrustedProxyList" },
	{ "mod_reqtimeout", false, "RequestReadTimeout" },
	{ "mod_request", false, "KeptBodySize" },
	{ "mod_rewrite", true,
	    "RewriteBase RewriteCond RewriteEngine RewriteMap "
	    "RewriteOptions RewriteRule" },
	{ "mod_sed", true, "InputSed OutputSed" },
	{ "mod_session", true,
	    "Session SessionEnv SessionExclude SessionExpiryUpdateInterval "
	    "SessionHeader SessionInclude SessionMaxAge" },
	{ "mod_session_cookie", true,
	    "SessionCookieName SessionCookieName2 SessionCookieRemove" },
	{ "mod_session_crypto", true,
	    "SessionCryptoCipher SessionCryptoDriver "
	    "SessionCryptoPassphrase SessionCryptoPassphraseFile" },
	{ "mod_session_dbd", true,
	    "SessionDBDCookieName SessionDBDCookieName2 "
	    "SessionDBDCookieRemove SessionDBDDeleteLabel "
	    "SessionDBDInsertLabel SessionDBDPerUser SessionDBDSelectLabel "
	    "SessionDBDUpdateLabel" },
	{ "mod_setenvif", true, "SetEnvIfExpr" },
	{ "mod_setenvif", false,
	    "BrowserMatch BrowserMatchNoCase SetEnvIf SetEnvIfNoCase" },
	{ "mod_so", false, "LoadFile LoadModule" },
	{ "mod_socache_memcache", false, "MemcacheConnTTL" },
	{ "mod_socache_redis", false, "RedisConnPoolTTL RedisTimeout" },
	{ "mod_speling", false,
	    "CheckBasenameMatch CheckCaseOnly CheckSpelling" },
	{ "mod_ssl", true,
	    "SSLEngine SSLRequire SSLRequireSSL SSLVerifyClient" },
	{ "mod_ssl", false,
	    "SSLCACertificateFile SSLCACertificatePath SSLCADNRequestFile "
	    "SSLCADNRequestPath SSLCARevocationCheck SSLCARevocationFile "
	    "SSLCARevocationPath SSLCertificateChainFile SSLCertificateFile "
	    "SSLCertificateKeyFile SSLCipherSuite SSLCompression "
	    "SSLCryptoDevice SSLFIPS SSLHonorCipherOrder "
	    "SSLInsecureRenegotiation SSLLog SSLLogLevel "
	    "SSLOCSPDefaultResponder SSLOCSPEnable SSLOCSPNoVerify "
	    "SSLOCSPOverrideResponder SSLOCSPProxyURL "
	    "SSLOCSPResponderCertificateFile SSLOCSPResponderTimeout "
	    "SSLOCSPResponseMaxAge SSLOCSPResponseTimeSkew "
	    "SSLOCSPUseRequestNonce SSLOpenSSLConfCmd SSLOptions "
	    "SSLPassPhraseDialog SSLProtocol SSLProxyCACertificateFile "
	    "SSLProxyCACertificatePath SSLProxyCARevocationCheck "
	    "SSLProxyCARevocationFile SSLProxyCARevocationPath "
	    "SSLProxyCheckPeerCN SSLProxyCheckPeerExpire "
	    "SSLProxyCheckPeerName SSLProxyCipherSuite SSLProxyEngine "
	    "SSLProxyMachineCertificateChainFile "
	    "SSLProxyMachineCertificateFile SSLProxyMachineCertificatePath "
	    "SSLProxyProtocol SSLProxyVerify SSLProxyVerifyDepth "
	    "SSLRandomSeed SSLRenegBufferSize SSLSessionCache "
	    "SSLSessionCacheTimeout SSLSessionTicketKeyFile "
	    "SSLSessionTickets SSLSRPUnknownUserSeed SSLSRPVerifierFile "
	    "SSLStaplingCache SSLStaplingErrorCacheTimeout "
	    "SSLStaplingFakeTryLater SSLStaplingForceURL "
	    "SSLStaplingResponderTimeout SSLStaplingResponseMaxAge "
	    "SSLStaplingResponseTimeSkew SSLStaplingReturnResponderErrors "
	    "SSLStaplingStandardCacheTimeout SSLStrictSNIVHostCheck "
	    "SSLUserName SSLUseStapling SSLVerifyDepth SSLVHostSNIPolicy" },
	{ "mod_substitute", true,
	    "Substitute SubstituteInheritBefore SubstituteMaxLineLength" },
	{ "mod_suexec", false, "SuexecUserGroup" },
	{ "mod_unixd", true, "ChrootDir Group User" },
	{ "mod_unixd", false, "Suexec" },
	{ "mod_userdir", true, "UserDir" },
	{ "mod_usertrack", false,
	    "CookieDomain CookieExpires CookieHttpOnly CookieName "
	    "CookieSameSite CookieSecure CookieStyle CookieTracking" },
	{ "mod_version", true, "<IfVersion" },
	{ "mod_vhost_alias", true,
	    "VirtualDocumentRoot VirtualDocumentRootIP VirtualScriptAlias "
	    "VirtualScriptAliasIP" },
	{ "mod_watchdog", false, "WatchdogInterval" },
	{ "mod_xml2enc", false, "xml2EncAlias xml2EncDefault xml2StartParse" },
	{ "mpm_event", true, "Listen" },
	{ "mpm_event", false,
	    "AsyncRequestWorkerFactor GracefulShutdownTimeout ListenBacklog "
	    "ListenCoresBucketsRatio ListenTCPDeferAccept MaxClients "
	    "MaxRequestWorkers MaxSpareThreads MinSpareThreads "
	    "ReceiveBufferSize SendBufferSize ServerLimit StartServers "
	    "ThreadLimit ThreadsPerChild" },
	{ "mpm_prefork", false, "MaxSpareServers MinSpareServers" },
};

/* Those that have no directive of their own. */
static const char *const others[] = { "asis", "authz_host", "authz_owner",
	"authz_user", "cgi", "lbmethod_bybusyness", "lbmethod_byrequests",
	"lbmethod_bytraffic", "mpm_worker", "proxy_ajp", "proxy_balancer",
	"proxy_fdpass", "proxy_http", "proxy_http2", "proxy_uwsgi", "ratelimit",
	"slotmem_plain", "slotmem_shm", "socache_dbm", "socache_shmcb",
	"status", "systemd", "unique_id" };

/* With this as its only argument a directive decides nothing after all. */
static const struct {
	const char *name, *argument;
} exceptions[] = {
	{ "AllowOverride", "None" },
	{ "DAV", "Off" },
	{ "ProtocolEcho", "Off" },
	{ "ProxyExpressEnable", "Off" },
	{ "ProxyRequests", "Off" },
	{ "RewriteEngine", "Off" },
	{ "Session", "Off" },
	{ "SSLEngine", "Off" },
	{ "SSLVerifyClient", "none" },
	{ "StrictHostCheck", "Off" },
	{ "UserDir", "disabled" },
	{ "XBitHack", "Off" },
};

/* Whether a list of words, separated by spaces, has the word. */
static bool
has_word(const char *words, struct span word)
{
	struct span rest = span_str(words);

	while (rest.len > 0) {
		struct span w = span_of(rest.ptr, span_find(rest, ' '));

		if (span_equal_nocase(w, word))
			return true;
		rest = span_skip(rest, w.len + 1);
	}
	return false;
}

static bool
is_exception(const struct statement *st)
{
	struct span name = span_str(st->name);

	/* Compression changes how something is sent, not what. */
	if (st->arg_count > 1 && span_is_nocase(name, "AddOutputFilterByType"))
		return span_is_nocase(span_str(st->args[0].text), "DEFLATE") ||
		       span_is_nocase(
			   span_str(st->args[0].text), "BROTLI_COMPRESS");
	if (st->arg_count != 1)
		return false;
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(*exceptions); i++) {
		if (span_is_nocase(name, exceptions[i].name) &&
		    strcasecmp(st->args[0].text, exceptions[i].argument) == 0)
			return true;
	}
	return false;
}

#define COUNT (sizeof(modules) / sizeof(*modules))

/* The index of the list that has the name; COUNT: none. */
static size_t
find_list(const char *name, bool section)
{
	char text[64] = "<";
	size_t i;

	if (!span_copy(span_str(name), text + 1, sizeof(text) - 1))
		return COUNT;
	for (i = 0; i < COUNT; i++) {
		if (has_word(
			modules[i].names, span_str(section ? text : text + 1)))
			break;
	}
	return i;
}

const char *
apache_directive_module(
    const struct statement *st, bool section, bool *decides_r)
{
	size_t i = find_list(st->name, section);

	if (i == COUNT)
		return NULL;
	*decides_r = modules[i].decides && !is_exception(st);
	return modules[i].module;
}

bool
apache_directive_closes(const struct statement *st)
{
	static const char names[] =
	    "ChrootDir LuaHookAccessChecker LuaHookAuthChecker "
	    "LuaHookCheckUserID LuaHookFixups LuaHookMapToStorage "
	    "LuaHookPreTranslateName LuaHookTranslateName "
	    "LuaHookTypeChecker LuaMapHandler LuaQuickHandler ProtocolEcho "
	    "ProxyExpressEnable SetEnvIfExpr SSLRequire SSLRequireSSL";
	/* Without these an answer is as long as it was, and says the same. */
	static const char filters[] =
	    "DEFLATE INFLATE BROTLI_COMPRESS RATE_LIMIT BUFFER CACHE";
	struct span name = span_str(st->name);

	if (span_is_nocase(name, "FilterProvider"))
		return st->arg_count > 1 &&
		       !has_word(filters, span_str(st->args[1].text));
	if (span_is_nocase(name, "SSLVerifyClient"))
		return st->arg_count > 0 &&
		       span_is_nocase(span_str(st->args[0].text), "require");
	return has_word(names, name) && !is_exception(st);
}

bool
apache_has_directive(const char *name, bool section)
{
	return find_list(name, section) != COUNT;
}

static bool
is_module(const char *word, struct span stem, struct suggestion *s)
{
	suggestion_offer(s, word);
	return span_is_nocase(stem, word);
}

bool
apache_has_module(struct span stem, struct suggestion *s)
{
	bool found = false;
	size_t i;

	for (i = 0; i < sizeof(modules) / sizeof(*modules); i++) {
		const char *word = modules[i].module;

		if (span_starts(span_str(word), "mod_"))
			word += strlen("mod_");
		found |= is_module(word, stem, s);
	}
	for (i = 0; i < sizeof(others) / sizeof(*others); i++)
		found |= is_module(others[i], stem, s);
	return found;
}
